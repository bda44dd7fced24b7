import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHostileApi, type HostileApi, type Handler } from '../conformance/api-server.ts';
import type { Check } from '../../deploy/status/check.ts';
import { recordGap } from '../../pipeline/ledger/record-gap.ts';
import { configOf } from '../support/local-stack.ts';
import { readPolicy } from '../support/operator-policy.ts';
import { runCli } from '../support/run-cli.ts';
import { deployScripted, type ScriptedStack } from '../support/scripted-stack.ts';

const source = `version: 1
name: rhythm
client: { base_url: '{api}/', max_attempts: 1 }
resource_defaults: { partition_by: none, columns: { id: bigint, price: double } }
resources:
  - name: rates
    endpoint: { path: rates, conditional: true }
    primary_key: id
  - name: prices
    endpoint: { path: prices }
    primary_key: id
  - name: board
    endpoint: { path: board }
    primary_key: [id, _scheduled_at]
`;

/** Each changes at its twelfth window; `rates` says so by its ETag. */
function changing(): Handler {
  const asked = new Map<string, number>();
  return ({ path, headers }) => {
    const number = asked.get(path) ?? 0;
    asked.set(path, number + 1);
    const turn = Math.floor(number / 12);
    const etag = `"${turn}"`;
    if (path !== '/rates') return { json: [{ id: 1, price: turn }] };
    if (headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
    return { json: [{ id: 1, price: turn }], headers: { etag } };
  };
}

interface Status {
  resources: {
    resource: string;
    committed?: object;
    failed?: { error: string; isLast: boolean };
    recent: { windows: number; responses: number; unchanged: number };
    loaded?: { scheduledAt: string; load: string };
    suggestion?: { every: string; direction: string };
  }[];
  tables: { table: string; waiting: { objects: number }; isStored: boolean }[];
  loads: { last?: { state: string; receipt?: { balanced: boolean } } };
}

describe('status and doctor of a stack', function () {
  this.timeout(300_000);
  let api: HostileApi;
  let stack: ScriptedStack;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catchwater-status-'));
    api = await startHostileApi();
    api.play(changing());
    stack = await deployScripted(source, { apiUrl: api.url, parameters: ['Cadence=rate(1 minute)'] });
  });
  after(async () => {
    await stack?.destroy();
    await api.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const ledger = () => ({ table: stack.outputs['LedgerTable'] ?? '', dynamo: stack.clients.ledger });
  const run = (...words: string[]) =>
    runCli([...words, '--stack', stack.name], { environment: stack.environment });
  const status = async (): Promise<Status> => JSON.parse((await run('status', '--json')).stdout) as Status;
  const checks = async (): Promise<{ ok: boolean; checks: Check[] }> =>
    JSON.parse((await run('doctor', '--json')).stdout) as { ok: boolean; checks: Check[] };

  it('says of a stack without a window that it has none', async () => {
    const { code, stdout, stderr } = await run('status');
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/\nrates +new +– /);
  });

  it('suggests to ask less often where most responses say what the ones before said, history left out', async () => {
    for (let tick = 0; tick < 24; tick += 1) expect(await stack.tick()).to.deep.equal({});
    const { resources } = await status();
    const shown = resources.map(({ resource, recent, suggestion }) => [
      resource,
      recent.windows,
      recent.unchanged,
      suggestion?.every,
    ]);
    expect(shown).to.deep.equal([
      ['rates', 24, 22, 'PT5M'],
      ['prices', 24, 22, 'PT5M'],
      ['board', 24, 22, undefined],
    ]);
    const { stdout } = await run('status');
    expect(stdout).to.match(
      /rates could be asked less often: 22 of 23 responses in 23 min .* Write every: PT5M/,
    );
    expect(stdout).to.not.include('board could be');
  });

  it('shows that nothing waits, and the load that took it', async () => {
    await stack.loadAll(['rates', 'prices', 'board']);
    const { resources, tables, loads } = await status();
    for (const { table, waiting, isStored } of tables)
      expect({ table, waiting: waiting.objects, isStored }).to.deep.equal({
        table,
        waiting: 0,
        isStored: true,
      });
    expect(loads.last).to.have.nested.property('receipt.balanced', true);
    const last = (await stack.loads())
      .map(({ load }) => load)
      .toSorted()
      .at(-1);
    expect(resources.map(({ loaded }) => loaded?.load)).to.include(last);
    expect((await run('status')).stdout).to.match(/\nlast load: [\d,]+ rows? parsed = .* written\n/);
  });

  it('finds nothing that has failed, and warns of the rest', async () => {
    const { ok, checks: found } = await checks();
    expect(ok).to.equal(true);
    expect(found.filter(({ state }) => state !== 'OK').map(({ name, state }) => [name, state])).to.deep.equal(
      [
        ['schedule', 'WARN'],
        ['cadence', 'WARN'],
        ['cadence', 'WARN'],
      ],
    );
    expect((await run('doctor')).code).to.equal(0);
  });

  it('ends with 5 when something has, and says how to go on', async () => {
    const file = join(folder, 'source.yaml');
    await writeFile(file, source.replaceAll('{api}', api.url));
    expect(await run('doctor', '--source', file)).to.include({ code: 0 });
    await writeFile(file, source.replaceAll('{api}', api.url).replace('path: board', 'path: boards'));
    const { code, stdout } = await run('doctor', '--source', file);
    expect(code).to.equal(5);
    expect(stdout).to.match(
      new RegExp(`FAIL {2}sources/rhythm-.* → catchwater check ${file} --against ${stack.name}\n`, 's'),
    );
  });

  it('shows a failure in the words of the API', async () => {
    api.play(() => ({ status: 403, text: 'key refused' }));
    expect((await stack.tick(['board'])).error).to.match(/key refused/);
    const { resources } = await status();
    expect(resources.find(({ resource }) => resource === 'board')?.failed).to.include({ isLast: true });
    expect((await run('status')).stdout).to.match(
      /\nboard +failed .*\n[^]*board: failed: .*403.*key refused/,
    );
  });

  /** The local AWS enforces policies. */
  describe('under the policies of docs/operator-policy.md', () => {
    const looking = [
      ['status'],
      ['doctor'],
      ['gaps'],
      ['runs'],
      ['check', '--against'],
      ['reprocess', '--table', 'prices', '--dry-run'],
    ];
    let operator: Record<string, string>;
    let allow: (policy: 'look' | 'act') => Promise<unknown>;

    before(async () => {
      const UserName = `${stack.name}-operator`;
      const iam = new IAMClient(configOf(stack.environment));
      const { User } = await iam.send(new CreateUserCommand({ UserName }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
      operator = {
        ...stack.environment,
        AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
        AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
      };
      const words = {
        PARTITION: 'aws',
        REGION: stack.environment['AWS_REGION'] ?? '',
        ACCOUNT: User?.Arn?.split(':')[4] ?? '',
        STACK: stack.name,
      };
      allow = (name) => {
        const PolicyDocument = JSON.stringify(readPolicy(name, words));
        return iam.send(new PutUserPolicyCommand({ UserName, PolicyName: name, PolicyDocument }));
      };
    });

    const runAs = ([command = '', ...more]: string[]) => {
      const where = more.includes('--against')
        ? [join(folder, 'source.yaml'), '--against', stack.name]
        : [...more, '--stack', stack.name];
      return runCli([command, ...where], { environment: operator });
    };

    it('nothing can be seen without one', async () => {
      expect((await runAs(['status'])).stderr).to.match(/AccessDenied|not authorized/);
    });

    it('those who look see everything and change nothing, those who act do', async () => {
      await allow('look');
      for (const words of looking) {
        const { code, stdout, stderr } = await runAs(words);
        expect(code, `${words.join(' ')}: ${stdout} ${stderr}`).to.equal(0);
      }
      const load = (await stack.loads()).find(({ state }) => state === 'closed');
      const shown = await runAs(['runs', 'show', load?.load ?? '']);
      expect(shown.stdout)
        .to.match(/ counted again · balanced\n/)
        .and.not.match(/cannot be read/);
      await recordGap(ledger(), { resource: 'board', slice: '', from: 1, to: 2 }, new Date());
      const { stdout } = await runAs(['gaps']);
      const gap = /^(\w{8}) +board/m.exec(stdout)?.[1] ?? '';
      const anew = ['reprocess', '--table', 'prices', '--yes'];
      for (const words of [['ack', gap], anew])
        expect((await runAs(words)).stderr, words.join(' ')).to.match(/AccessDenied|not authorized/);
      await allow('act');
      expect(await runAs(['ack', gap])).to.include({ code: 0 });
      expect((await runAs(['gaps'])).stdout).to.match(/no gap is open/);
      const { code, stderr } = await runAs(anew);
      expect(code, stderr).to.equal(0);
      expect((await runAs(['status'])).stdout).to.match(/\nprices \(generation 2\) +nothing /);
    });
  });
});
