import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCheckAgainst } from '../../../deploy/commands/check-against.ts';
import type { Connection } from '../../../deploy/connect.ts';
import { judgeChanges } from '../../../deploy/judge-changes.ts';
import { CatchwaterError, ConfigError } from '../../../pipeline/errors.ts';
import { formatProblems } from '../../../pipeline/source/problem.ts';
import { sourceKey, sourceText } from '../../../pipeline/source/source-key.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { rejection } from '../../support/rejection.ts';
import { changed, loadText, november } from '../source/load-weather.ts';

/** Needs no file beside it. */
const text = changed('{ file: cities.csv }', "[{ name: Oslo, lat: '60' }]");

async function compile(source: string): Promise<CompiledSource> {
  const loaded = await loadText(source);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  return loaded.source;
}

interface World {
  /** Absent: it cannot be read. */
  deployed?: CompiledSource;
  /** Absent: nothing is stored. */
  stored?: CompiledSource;
  ledgerFails?: string;
  tags?: { Key: string; Value: string }[];
}

/** An account with the stack `weather`, whose clients refuse whatever writes. */
function account({
  deployed,
  stored,
  ledgerFails,
  tags = [{ Key: 'catchwater', Value: 'pipeline' }],
}: World) {
  const cloudformation = fakeClient({
    DescribeStacksCommand: ({ StackName }: { StackName: string }) => {
      if (StackName !== 'weather') throw awsError('ValidationError', `Stack ${StackName} does not exist`);
      const key = deployed ? sourceKey(deployed) : 'sources/old.json';
      return {
        Stacks: [
          {
            StackId: 'arn:stack',
            StackStatus: 'UPDATE_COMPLETE',
            Tags: tags,
            Parameters: [
              { ParameterKey: 'ArtifactBucket', ParameterValue: 'artifacts' },
              { ParameterKey: 'SourceKey', ParameterValue: key },
            ],
            Outputs: [{ OutputKey: 'LedgerTable', OutputValue: 'weather-ledger' }],
          },
        ],
      };
    },
  });
  const s3 = fakeClient({
    GetObjectCommand: ({ Bucket, Key }: { Bucket: string; Key: string }) => {
      if (Bucket !== 'artifacts' || !deployed || Key !== sourceKey(deployed)) throw awsError('NoSuchKey');
      return { Body: { transformToString: async () => sourceText(deployed) } };
    },
  });
  const dynamo = fakeClient({
    GetCommand: ({ TableName, Key: { pk } }: { TableName: string; Key: { pk: string } }) => {
      if (ledgerFails !== undefined) throw awsError(ledgerFails, `not allowed: ${TableName}`);
      const table = stored?.resources.find(({ name }) => pk === `TABLE#${name}`)?.table;
      return { Item: table };
    },
  });
  const place = { account: '000000000000', region: 'eu-central-1', partition: 'aws' };
  return {
    ledger: { table: 'weather-ledger', dynamo },
    connection: { ...place, cloudformation, s3 } as unknown as Connection,
    s3,
  };
}

describe('catchwater check --against', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catchwater-against-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function check(source: string, world: World, more: { json?: boolean; stack?: string } = {}) {
    const sourcePath = join(folder, 'weather.yaml');
    await writeFile(sourcePath, source);
    const output = { out: '', err: '' };
    const { connection, ledger } = account(world);
    const code = await runCheckAgainst({
      sourcePath,
      stackName: more.stack ?? 'weather',
      json: more.json ?? false,
      stdout: { write: (words) => (output.out += words) },
      stderr: { write: (words) => (output.err += words) },
      now: november,
      connection,
      ledger,
    });
    const brief = (given: string): string => given.replaceAll(folder, '.');
    return { code, out: brief(output.out), err: brief(output.err) };
  }

  it('says that nothing changes', async () => {
    const deployed = await compile(text);
    expect(await check(text, { deployed, stored: deployed })).to.deep.equal({
      code: 0,
      out: './weather.yaml against the stack weather: nothing changes\n',
      err: '',
    });
  });

  it('groups changes by resource, each with its verdict, its line, and what it means', async () => {
    const deployed = await compile(text);
    const source = changed('temperature: double', 'rain: double', changed('limit: 5', 'limit: 6', text));
    const { code, out, err } = await check(source, { deployed, stored: deployed });
    expect({ code, err }).to.deep.equal({ code: 5, err: '' });
    expect(out).to.equal(`readings
  safe             endpoint.params.limit was "5", is "6"  (./weather.yaml:10)
                   From the next fetch on; stored rows stay.
  refused          column temperature (double) is gone  (./weather.yaml:12)
                   Stored files have it, and the catalog shows it: the dispatcher would refuse every
                   further load of the table.
                   → Put it back: where the API no longer sends it, new rows hold NULL. Who should
                   not see it reads a view. Or \`catchwater deploy --reprocess\` makes the table anew
                   from the raw responses, without a call to the API. Or give the resource another
                   name: that makes a new table.
  needs reprocess  column rain (double) is added  (./weather.yaml:15)
                   Rows that are stored hold NULL there until they are fetched again. In the catalog
                   it comes last.

./weather.yaml against the stack weather: 3 changes: 1 refused, 1 needs reprocess, 1 safe
needs reprocess: stored rows keep what they mean now until they are fetched again, or catchwater reprocess --stack weather --table … reads their raw responses again
`);
  });

  it('answers 0 when nothing is refused: not even a column, while nothing is stored', async () => {
    const deployed = await compile(text);
    const source = changed('temperature: double', 'rain: double', text);
    const { code, out } = await check(source, { deployed });
    expect(code).to.equal(0);
    expect(out).to.include('2 changes: 2 safe');
  });

  it('prints one JSON document where that is asked for', async () => {
    const deployed = await compile(text);
    const source = changed('temperature: double', 'temperature: bigint', text);
    const { code, out } = await check(source, { deployed, stored: deployed }, { json: true });
    expect(code).to.equal(5);
    const { changes, ...rest } = JSON.parse(out) as { changes: Record<string, unknown>[] };
    expect(rest).to.deep.equal({
      schemaVersion: 1,
      file: './weather.yaml',
      stack: 'weather',
      ok: false,
      deployedSource: sourceKey(deployed),
      source: sourceKey(await compile(source)),
      notes: [],
    });
    expect(changes).to.have.length(1);
    expect(changes[0]).to.include({ resource: 'readings', what: 'column retyped', line: 15, column: 20 });
  });

  it('points into resource_defaults where that is where it is said', async () => {
    const shared = changed('resources:', 'resource_defaults:\n  partition_by: day\nresources:', text);
    const deployed = await compile(text);
    const { out } = await check(shared, { deployed, stored: deployed });
    expect(out).to.include('partition_by was hour, is day  (./weather.yaml:6)');
  });

  it('says so, and judges by the deployed source, when the ledger cannot be read', async () => {
    const deployed = await compile(text);
    const source = changed('temperature: double', 'temperature: bigint', text);
    const { code, err } = await check(source, { deployed, ledgerFails: 'AccessDeniedException' });
    expect(code).to.equal(5);
    expect(err).to.match(/^what is stored cannot be read from the ledger weather-ledger: not allowed/);
  });

  it('compares nothing when the deployed source cannot be read', async () => {
    const error = await rejection(check(text, { stored: await compile(text) }));
    expect(error).to.be.instanceOf(CatchwaterError).and.not.instanceOf(ConfigError);
    expect(error.message).to.match(/^cannot compare: the deployed source cannot be read: NoSuchKey/);
  });

  it('refuses a stack that is not there, or not ours', async () => {
    const deployed = await compile(text);
    for (const [world, stack, words] of [
      [{ deployed }, 'other', /there is no stack other in account 000000000000, region eu-central-1/],
      [{ deployed, tags: [] }, 'weather', /^$/],
    ] as const) {
      const error = await rejection(check(text, { ...world, tags: [...(world.tags ?? [])] }, { stack }));
      expect(error).to.be.instanceOf(ConfigError);
      if (stack === 'other') expect(error.message).to.match(words);
      else expect(error.message).to.include("is not one of Catchwater's");
    }
  });

  it('shows what is wrong with the file before it asks AWS for anything', async () => {
    const { code, err } = await check(changed('double', 'dubble', text), {}, { stack: 'none' });
    expect(code).to.equal(2);
    expect(err).to.include("'dubble'");
  });
});

async function judge(source: string, world: World, isThere = true, reprocess = false) {
  const { ledger, s3 } = account(world);
  const progress: string[] = [];
  const key = world.deployed ? sourceKey(world.deployed) : 'sources/old.json';
  const judged = await judgeChanges({
    source: await compile(source),
    file: { name: 'weather.yaml', text: source },
    found: isThere ? { parameters: { ArtifactBucket: 'artifacts', SourceKey: key } } : undefined,
    ledger,
    s3,
    reprocess,
    onProgress: (line) => progress.push(line),
  });
  return { ...judged, progress };
}

describe('judgeChanges', () => {
  it('refuses what stored files cannot follow, with the remedy', async () => {
    const deployed = await compile(text);
    const error = await rejection(
      judge(changed('temperature: double', 'temperature: bigint', text), { deployed, stored: deployed }),
    );
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.match(
      /^nothing was deployed: what is stored cannot follow this source\n\nreadings\n {2}refused .*weather\.yaml:15/,
    );
    expect(error.message).to.include('→ Put double back');
    expect(error.message).to.include(
      'catchwater deploy --source weather.yaml --reprocess deploys it and makes',
    );
  });

  it('names the tables that are to be made anew, where that is what is wanted', async () => {
    const deployed = await compile(text);
    const source = changed('temperature: double', 'temperature: bigint', text);
    const { tables, warnings } = await judge(source, { deployed, stored: deployed }, true, true);
    expect({ tables, warnings }).to.deep.equal({ tables: ['readings'], warnings: [] });
    expect((await judge(text, { deployed, stored: deployed }, true, true)).tables).to.deep.equal([]);
  });

  it('warns of what stored rows do not follow', async () => {
    const deployed = await compile(text);
    const source = changed('temperature: double', 'temperature: double\n      rain: double', text);
    const { warnings, progress } = await judge(source, { deployed, stored: deployed });
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(
      /^readings: column rain \(double\) is added\. Rows that are stored hold NULL/,
    );
    expect(progress).to.deep.equal([]);
  });

  it('goes on when the deployed source cannot be read, and still asks the ledger', async () => {
    const stored = await compile(text);
    const { progress } = await judge(text, { stored });
    expect(progress).to.deep.equal([
      'the deployed source cannot be read: NoSuchKey; going on without comparing with it',
    ]);
    await rejection(judge(changed('temperature: double', 'rain: double', text), { stored }));
  });

  it('finds the tables that a destroyed stack has left', async () => {
    const stored = await compile(text);
    const source = changed('temperature: double', 'temperature: bigint', text);
    expect(await rejection(judge(source, { stored }, false))).to.be.instanceOf(ConfigError);
    const missing = { ledgerFails: 'ResourceNotFoundException' };
    expect(await judge(source, missing, false)).to.deep.equal({
      tables: [],
      warnings: [],
      progress: [],
    });
  });

  it('does not keep a stack that was deployed so from getting another parameter', async () => {
    const stored = await compile(text);
    const source = changed('temperature: double', 'temperature: bigint', text);
    const { warnings } = await judge(source, { stored, deployed: await compile(source) });
    expect(warnings[0]).to.match(
      /^readings: column temperature was double, is bigint\. Stored files hold double/,
    );
  });
});
