/** A source whose columns change while its table lives: what is said beforehand, and what then happens. */
import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetTableCommand } from '@aws-sdk/client-glue';
import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { queryFiles } from '../support/read-table.ts';
import { runCli, runCliJson } from '../support/run-cli.ts';

const source = `version: 1
name: live
client: { base_url: https://api.example.com/v1/ }
resources:
  - name: weather
    endpoint:
      path: forecast
      params:
        latitude: 52.5
        longitude: 13.4
        hourly: temperature_2m,precipitation,cloud_cover,pressure_msl
        timeformat: unixtime
        past_hours: 1
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
    partition_by: day
`;

interface Checked {
  ok: boolean;
  changes: { resource?: string; what: string; verdict: string; line?: number }[];
}

/** Each of these alone would be refused. */
const unfit: [from: string, to: string][] = [
  ['temperature_2m: double', 'temperature_2m: bigint'],
  ['cloud_cover: double', 'clouds: { type: double, from: $.cloud_cover }'],
  ['      pressure_msl: double\n', ''],
  ['partition_by: day', 'partition_by: hour'],
];

describe('columns of a live table', function () {
  this.timeout(180_000);
  let folder: string;
  let file: string;
  let stack: LocalStack;
  let clock = new Date('2026-11-21T10:30:00Z');

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-live-'));
    file = join(folder, 'live.yaml');
    writeFileSync(file, source);
    stack = await deployLocalStack({ source: file, now: () => clock });
    await load();
  });
  after(async () => {
    await stack?.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What the API has now is in the table. */
  async function load(): Promise<void> {
    const known = (await stack.loads()).map((one) => one.load);
    expect(await stack.fetch(clock.toISOString())).to.deep.equal({});
    await stack.untilLoad('closed', known);
  }
  const deploy = () =>
    runCli(['deploy', '--source', file, '--stack', stack.name, '--base-url', `${stack.api.url}/v1/`], {
      environment: stack.environment,
    });

  it('are refused what stored files cannot follow, before anything is changed', async () => {
    writeFileSync(
      file,
      unfit.reduce((text, [from, to]) => text.replace(from, to), source),
    );
    const words = ['check', file, '--against', stack.name, '--json'];
    const { code, stdout } = await runCli(words, { environment: stack.environment });
    const { ok, changes } = JSON.parse(stdout) as Checked;
    expect({ code, ok }).to.deep.equal({ code: 5, ok: false });
    const refused = changes.filter(({ verdict }) => verdict === 'refused');
    expect(refused.map(({ what, line }) => [what, line])).to.deep.equal([
      ['partitioning changed', 23],
      ['column renamed', 20],
      ['column dropped', 17],
      ['column retyped', 19],
    ]);

    const before = await stack.clients.cloudformation.send(
      new DescribeStacksCommand({ StackName: stack.name }),
    );
    const deployed = await deploy();
    expect(deployed.code).to.equal(2);
    expect(deployed.stderr).to.match(/nothing was deployed.*partition_by was day, is hour.*→ Put day back/s);
    const after = await stack.clients.cloudformation.send(
      new DescribeStacksCommand({ StackName: stack.name }),
    );
    expect(after.Stacks).to.deep.equal(before.Stacks);
  });

  it('are added: new rows have the new one, stored rows hold NULL, the catalog shows it last', async () => {
    writeFileSync(
      file,
      source.replace('temperature_2m: double', 'precipitation: double\n      temperature_2m: double'),
    );
    const deployed = await deploy();
    expect(deployed.code, deployed.stderr).to.equal(0);
    expect(deployed.stderr).to.match(/warning: weather: column precipitation \(double\) is added/);
    // Two hours on, the hour before is another one: the stored row is not fetched again.
    clock = new Date('2026-11-21T12:30:00Z');
    await load();
    const rows = await queryFiles(stack.clients.s3, stack.outputs['CuratedBucket'] ?? '', {
      prefix: 'weather/',
      sql: `SELECT "time"::VARCHAR AS at, temperature_2m IS NOT NULL AS temperature, precipitation IS NOT NULL AS precipitation
            FROM {files} ORDER BY 1`,
    });
    expect(rows).to.deep.equal([
      { at: '2026-11-21 09:00:00', temperature: true, precipitation: false },
      { at: '2026-11-21 11:00:00', temperature: true, precipitation: true },
    ]);
    const { Table } = await stack.clients.glue.send(
      new GetTableCommand({ DatabaseName: stack.outputs['Database'] ?? '', Name: 'weather' }),
    );
    expect(Table?.StorageDescriptor?.Columns?.at(-1)).to.include({ Name: 'precipitation', Type: 'double' });
  });

  it('have no gaps, and what is none cannot be acknowledged', async () => {
    const { environment } = stack;
    const { gaps } = await runCliJson<{ gaps: unknown[] }>(['gaps', '--stack', stack.name], environment);
    expect(gaps).to.deep.equal([]);
    const { code, stderr } = await runCli(['ack', '0123abcd', '--stack', stack.name], { environment });
    expect(code).to.equal(2);
    expect(stderr).to.include('no open gap of');
  });
});
