/** What stored files cannot follow: the table is made anew from its raw responses, beside the one that queries read. */
import { GetTableCommand } from '@aws-sdk/client-glue';
import { DeleteObjectCommand, DeleteObjectsCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TableItem } from '../../pipeline/ledger/items.ts';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { listFiles, queryFiles } from '../support/read-table.ts';
import { runCli, type CliResult } from '../support/run-cli.ts';

const source = `version: 1
name: anew
client: { base_url: https://api.example.com/v1/ }
resources:
  - name: weather
    endpoint:
      path: forecast
      params:
        latitude: 52.5
        longitude: 13.4
        hourly: temperature_2m,cloud_cover,pressure_msl
        timeformat: unixtime
        past_hours: 2
        forecast_hours: 0
    data_selector: $.hourly
    shape: columns
    columns:
      time: { type: timestamp, unit: s }
      temperature_2m: double
      cloud_cover: double
      pressure_msl: double
    primary_key: time
    event_time: time
    partition_by: hour
`;

/** Another type, another name, one column less, other partitions. */
const changes: [from: string, to: string][] = [
  ['temperature_2m: double', 'temperature_2m: string'],
  ['cloud_cover: double', 'clouds: { type: double, from: $.cloud_cover }'],
  ['      pressure_msl: double\n', ''],
  ['partition_by: hour', 'partition_by: day'],
];
const changed = changes.reduce((text, [from, to]) => text.replace(from, to), source);

describe('a table that is made anew', function () {
  this.timeout(300_000);
  let folder: string;
  let file: string;
  let stack: LocalStack;
  let clock = new Date('2026-11-19T10:30:00Z');

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-anew-'));
    file = join(folder, 'anew.yaml');
    writeFileSync(file, source);
    stack = await deployLocalStack({ source: file, now: () => clock });
    for (const at of ['2026-11-19T10:30:00Z', '2026-11-19T12:30:00Z', '2026-11-19T23:30:00Z']) {
      clock = new Date(at);
      const known = (await stack.loads()).map(({ load }) => load);
      expect(await stack.fetch(at)).to.deep.equal({});
      await stack.untilLoad('closed', known);
    }
  });
  after(async () => {
    await stack?.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const bucket = (): string => stack.outputs['CuratedBucket'] ?? '';
  const run = (words: string[]): Promise<CliResult> => runCli(words, { environment: stack.environment });
  const deploy = (more: string[] = []) =>
    run(['deploy', '--source', file, '--stack', stack.name, '--base-url', `${stack.api.url}/v1/`, ...more]);
  const reprocess = (more: string[] = []) =>
    run(['reprocess', '--stack', stack.name, '--table', 'weather', ...more]);

  const location = async (): Promise<string> => {
    const { Table } = await stack.clients.glue.send(
      new GetTableCommand({ DatabaseName: stack.outputs['Database'] ?? '', Name: 'weather' }),
    );
    return Table?.StorageDescriptor?.Location?.replace(`s3://${bucket()}/`, '') ?? '';
  };
  const rows = (prefix: string, columns: string) =>
    queryFiles(stack.clients.s3, bucket(), {
      prefix,
      sql: `SELECT "time"::VARCHAR AS at, ${columns} FROM {files} ORDER BY 1`,
    });
  /** As queries see the table before. */
  const oldRows = () => rows('weather/', 'temperature_2m, cloud_cover, pressure_msl');
  const item = async (): Promise<TableItem> => {
    const answer = await stack.clients.ledger.send(
      new GetCommand({
        TableName: stack.outputs['LedgerTable'],
        Key: { pk: 'TABLE#weather', sk: 'TABLE' },
        ConsistentRead: true,
      }),
    );
    return answer.Item as TableItem;
  };

  /** The command waits for the dispatcher: it is woken until the command has ended, and looked at in between. */
  async function whileWaking(command: Promise<CliResult>, look: () => Promise<void>): Promise<CliResult> {
    const going = Symbol('going on');
    for (;;) {
      // Refused while the new source is deployed and nothing is begun yet.
      await stack.wake().catch(() => undefined);
      await look();
      const ended = await Promise.race([command, Promise.resolve(going)]);
      if (typeof ended !== 'symbol') return ended;
    }
  }

  it('is refused by a plain deployment, in words that name the command', async () => {
    writeFileSync(file, changed);
    const { code, stderr } = await deploy();
    expect(code).to.equal(2);
    expect(stderr).to.match(/nothing was deployed.*partition_by was hour, is day.*→ Put hour back/s);
    expect(stderr).to.include(`catchwater deploy --source ${file} --reprocess`);
  });

  it('is not begun where nobody can be asked', async () => {
    const { code, stderr } = await deploy(['--reprocess']);
    expect(code).to.equal(2);
    expect(stderr).to.match(
      /column temperature_2m was double, is varchar.*no terminal to ask on; give --yes/s,
    );
    expect(await item()).to.not.have.property('building');
  });

  it('is read as before until the new one is whole, then as the new contract says, and no API was called', async () => {
    const before = await oldRows();
    const { requests } = stack.api.served();
    const looks = { old: 0, building: 0 };
    const { code, stderr, stdout } = await whileWaking(
      deploy(['--reprocess', '--yes', '--json']),
      async () => {
        if ((await item()).building) looks.building += 1;
        if ((await location()) !== 'weather/') return;
        looks.old += 1;
        expect(await oldRows()).to.deep.equal(before);
      },
    );
    expect(code, stderr).to.equal(0);
    expect(looks.building, 'looked at while it was made').to.be.greaterThan(1);
    expect(looks.old).to.be.greaterThan(looks.building);
    expect(stack.api.served().requests, 'requests').to.equal(requests);
    const { reprocessed } = JSON.parse(stdout) as { reprocessed: object[] };
    expect(reprocessed).to.deep.equal([
      { table: 'weather', generation: 2, folder: 'weather.g2/', objects: 3, rows: before.length },
    ]);

    expect(await location()).to.equal('weather.g2/');
    const { Table } = await stack.clients.glue.send(
      new GetTableCommand({ DatabaseName: stack.outputs['Database'] ?? '', Name: 'weather' }),
    );
    expect(
      Table?.StorageDescriptor?.Columns?.slice(0, 3).map(({ Name, Type }) => [Name, Type]),
    ).to.deep.equal([
      ['time', 'timestamp'],
      ['temperature_2m', 'string'],
      ['clouds', 'double'],
    ]);
    expect(Table?.PartitionKeys?.map(({ Name }) => Name)).to.deep.equal(['year', 'month', 'day']);
    expect(await rows('weather.g2/', 'temperature_2m, clouds')).to.deep.equal(
      before.map(({ at, temperature_2m: temperature, cloud_cover: clouds }) => ({
        at,
        temperature_2m: String(temperature),
        clouds,
      })),
    );
    const files = await listFiles(stack.clients.s3, bucket(), 'weather.g2/');
    expect(files.map(({ key }) => key.replace('weather.g2/', ''))).to.deep.equal([
      'year=2026/month=11/day=19/part-0.parquet',
    ]);
  });

  it('takes what is fetched from then on', async () => {
    clock = new Date('2026-11-20T01:30:00Z');
    const known = (await stack.loads()).map(({ load }) => load);
    await stack.fetch(clock.toISOString());
    await stack.untilLoad('closed', known);
    const old = await listFiles(stack.clients.s3, bucket(), 'weather/');
    expect(old.every(({ key }) => !key.includes('day=20'))).to.equal(true);
    const days = await queryFiles(stack.clients.s3, bucket(), {
      prefix: 'weather.g2/',
      sql: 'SELECT DISTINCT "day"::VARCHAR AS day FROM {files} ORDER BY 1',
    });
    expect(days).to.deep.equal([{ day: '19' }, { day: '20' }]);
  });

  it('loses its old files an hour later', async () => {
    const seen = await item();
    expect(seen.retired?.map(({ folder: name }) => name)).to.deep.equal(['weather']);
    expect(await listFiles(stack.clients.s3, bucket(), 'weather/')).to.have.length.greaterThan(0);
    const retired = [{ folder: 'weather', since: new Date(Date.now() - 3_700_000).toISOString() }];
    await stack.clients.ledger.send(
      new PutCommand({ TableName: stack.outputs['LedgerTable'], Item: { ...seen, retired } }),
    );
    await stack.wake();
    expect(await listFiles(stack.clients.s3, bucket(), 'weather/')).to.deep.equal([]);
    expect(await listFiles(stack.clients.s3, bucket(), 'weather.g2/')).to.have.length.greaterThan(0);
    expect(await item()).to.not.have.any.keys('retired', 'building', 'work');
  });

  it('shows a plan, and does nothing where only that is asked for', async () => {
    const before = await item();
    const { code, stdout } = await reprocess(['--dry-run', '--json']);
    expect(code).to.equal(0);
    const { plan, done } = JSON.parse(stdout) as { plan: Record<string, unknown>; done: boolean };
    expect(done).to.equal(false);
    expect(plan).to.include({ table: 'weather', folder: 'weather.g3/', objects: 4, underWay: false });
    expect(plan['generation']).to.deep.equal([2, 3]);
    expect(plan['reads']).to.have.nested.property('[0].windows', 4);
    expect(await item()).to.deep.equal(before);
  });

  it('is made anew by its own command, and not where raw responses are gone: they are named by window', async () => {
    const { code, stdout, stderr } = await whileWaking(reprocess(['--yes']), async () => undefined);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/weather: queries read generation 3, \d+ rows/);
    expect(await location()).to.equal('weather.g3/');

    const [first] = await stack.fetches('weather');
    const Bucket = stack.outputs['StagingBucket'];
    const [lost] = await listFiles(stack.clients.s3, Bucket ?? '', 'raw/weather/');
    const Key = lost?.key;
    // A deleted object is still there as a version.
    await stack.clients.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    expect((await reprocess(['--dry-run'])).code).to.equal(0);
    const { Versions = [] } = await stack.clients.s3.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: Key }),
    );
    const Objects = Versions.map(({ VersionId }) => ({ Key, VersionId }));
    await stack.clients.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    const refused = await reprocess(['--yes']);
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.include(`weather ${first?.scheduled_at}: 1 of 1 raw object`);
    expect(await item())
      .to.include({ generation: 3 })
      .and.to.not.have.property('building');
  });

  it('says what it does not know', async () => {
    const { code, stderr } = await run(['reprocess', '--stack', stack.name, '--table', 'wether', '--yes']);
    expect(code).to.equal(2);
    expect(stderr).to.include('the source has no table wether; did you mean weather?');
  });
});
