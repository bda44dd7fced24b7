import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { createSecrets } from '../../functions/fetch/read-secret.ts';
import { lastLogLines } from '../../local/read-logs.ts';
import { startHostileApi, type Answer, type HostileApi, type Question } from '../conformance/api-server.ts';
import { configOf } from '../support/local-stack.ts';
import { runCli } from '../support/run-cli.ts';
import { deployScripted, type ScriptedStack } from '../support/scripted-stack.ts';
import { takeAway } from '../support/take-away.ts';

const limit = 10;
const seconds = 5;
const calls = 6;
/** On their way from the budget to the API, calls come closer to one another, or fall back. */
const jitterMs = 1_000;

interface Secret {
  secret: string;
  store: 'parameter-store' | 'secrets-manager';
}

/** Resources with some calls each and one with a single call, under one budget. */
const source = (resources: string[], { secret, store }: Secret) => `version: 1
name: calls
client:
  base_url: '{api}/'
  concurrency: 8
  max_attempts: 2
  api_budget: { name: calls, policies: [{ limit: ${limit}, per: PT${seconds}S, window: moving }] }
  auth:
    type: oauth2_refresh_token
    access_token_url: '{api}/token'
    client_id: of-${store}
    refresh_token: { secret: ${secret}, store: ${store} }
resource_defaults: { columns: { id: bigint }, primary_key: id, partition_by: none }
resources:
${resources.map((name) => `  - { name: ${name}, for_each: { n: { range: { from: 1, to: ${calls} } } }, endpoint: { path: '${name}/{n}' } }`).join('\n')}
  - { name: me, endpoint: { path: me } }
`;

describe('limits and keys of stacks', function () {
  this.timeout(300_000);
  const secret = `calls-${randomBytes(4).toString('hex')}`;
  const secrets: Secret[] = [
    { secret, store: 'parameter-store' },
    { secret, store: 'secrets-manager' },
  ];
  const [atFirst, atSecond] = secrets as [Secret, Secret];
  let api: HostileApi;
  let first: ScriptedStack;
  let second: ScriptedStack;
  /** By client: the refresh token that is good now, once. */
  const refresh = new Map<string, string>();
  const access = new Set<string>();
  /** All that was ever given. */
  const keys: string[] = [];
  let times: number[] = [];

  function makeKey(): string {
    const key = randomBytes(12).toString('hex');
    keys.push(key);
    return key;
  }

  function answer({ path, body, headers }: Question): Answer {
    if (path === '/token') {
      const form = new URLSearchParams(body);
      const client = form.get('client_id') ?? '';
      if (form.get('refresh_token') !== refresh.get(client))
        return { status: 400, json: { error: 'invalid_grant' } };
      const successor = makeKey();
      refresh.set(client, successor);
      const token = makeKey();
      access.add(`Bearer ${token}`);
      return { json: { access_token: token, refresh_token: successor, expires_in: 3600 } };
    }
    times.push(Date.now());
    return access.has(headers['authorization'] ?? '')
      ? { json: [{ id: times.length }] }
      : { status: 401, text: 'who are you?' };
  }

  const goodNow = ({ store }: Secret) => refresh.get(`of-${store}`);
  function stored(reference: Secret): Promise<string> {
    const config = configOf(first.environment);
    const stores = { ssm: new SSMClient(config), secretsManager: new SecretsManagerClient(config) };
    return createSecrets(stores, () => new Date()).read(reference);
  }
  async function setSecret({ store }: Secret, environment: Record<string, string>): Promise<void> {
    const value = makeKey();
    refresh.set(`of-${store}`, value);
    const words = ['secret', 'set', secret, '--store', store];
    const { code, stderr } = await runCli(words, { environment, stdin: value });
    expect(code, stderr).to.equal(0);
  }

  before(async () => {
    api = await startHostileApi();
    first = await deployScripted(source(['one', 'two'], atFirst), { apiUrl: api.url });
    const { environment, outputs } = first;
    second = await deployScripted(source(['three'], atSecond), {
      apiUrl: api.url,
      parameters: [`BudgetTable=${outputs['LedgerTable']}`],
    });
    for (const reference of secrets) await setSecret(reference, environment);
  });
  after(async () => {
    await second?.destroy();
    await first?.destroy();
    await api.stop();
  });
  beforeEach(() => {
    times = [];
    api.play(answer);
  });

  it('keep to one budget, whoever calls, however many at once', async () => {
    const ends = [first.tick(['one']), first.tick(['two']), second.tick(['three'])];
    expect(await Promise.all(ends)).to.deep.equal([{}, {}, {}]);
    expect(times).to.have.length(3 * calls);
    const windowMs = seconds * 1_000 - jitterMs;
    const inWindow = times.map(
      (start) => times.filter((time) => time >= start && time < start + windowMs).length,
    );
    expect(Math.max(...inWindow)).to.be.at.most(limit);
    expect([await hasBudget(first), await hasBudget(second)]).to.deep.equal([true, false]);
  });

  for (const [index, reference] of secrets.entries()) {
    it(`replace the refresh token in ${reference.store}, and go on with the one that replaced it`, async () => {
      const stack = index === 0 ? first : second;
      const before = await stored(reference);
      expect(before).to.equal(goodNow(reference));
      access.clear();
      expect(await stack.tick(['me'])).to.deep.equal({});
      expect(api.questions.map(({ path }) => path)).to.deep.equal(['/me', '/token', '/me']);
      expect(await stored(reference))
        .to.equal(goodNow(reference))
        .and.not.equal(before);
    });
  }

  it('fail in words where the role may not replace it, and go on when it is set by hand', async () => {
    const before = await stored(atFirst);
    const restore = await takeAway(first, 'FetchRole', 'ssm:PutParameter');
    access.clear();
    const { error = '' } = await first.tick(['me']);
    await restore();
    expect(error).to.match(/replaced the refresh token .*could not be stored.*AccessDenied/);
    for (const key of keys) expect(error).to.not.include(key);
    expect(await stored(atFirst)).to.equal(before);
    await setSecret(atFirst, first.environment);
    expect(await first.tick(['me'])).to.deep.equal({});
    expect(await stored(atFirst)).to.equal(goodNow(atFirst));
  });

  it('leave no key in the ledger, the raw objects or the log', async () => {
    const { clients, outputs, environment } = first;
    const scanned = await clients.ledger.send(new ScanCommand({ TableName: outputs['LedgerTable'] }));
    const ledger = JSON.stringify(scanned.Items, (_name, value: unknown) =>
      value instanceof Uint8Array ? gunzipSync(value).toString() : value,
    );
    const log = await lastLogLines(
      { group: outputs['FetchLogGroup'] ?? '', since: new Date(0), most: 10_000 },
      { logs: new CloudWatchLogsClient(configOf(environment)) },
    );
    const raw = await first.rawTexts();
    expect(ledger).to.include('the refresh token').and.include('digests');
    expect(log.join('\n')).to.include('the refresh token');
    expect(raw.join('')).to.include('/one/1');
    for (const text of [ledger, ...log, ...raw]) for (const key of keys) expect(text).to.not.include(key);
  });
});

async function hasBudget({ clients, outputs }: ScriptedStack): Promise<boolean> {
  const Key = { pk: 'BUDGET#calls', sk: 'BUDGET' };
  const { Item } = await clients.ledger.send(new GetCommand({ TableName: outputs['LedgerTable'], Key }));
  return Item !== undefined;
}
