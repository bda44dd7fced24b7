/** The product as users get it: packed, installed into an empty folder, run by `npx` on a source file of their own. */
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { generateWeather } from '../../local/sample-api/generate-weather.ts';
import { startSampleApi, type SampleApi } from '../../local/sample-api/start-sample-api.ts';
import { openDuck } from '../support/duck.ts';
import { leftovers } from '../support/leftovers.ts';
import { projectRoot, type CliResult } from '../support/run-cli.ts';
import { sharedLocalAws } from '../support/shared-local-aws.ts';

describe('the package', function () {
  this.timeout(300_000);
  let folder: string;
  let api: SampleApi;
  let environment: Record<string, string>;

  /** Under the machine's own Node, as long as there is one. */
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.startsWith(projectRoot))
    .join(delimiter);

  const run = (command: string, args: string[], options: { cwd?: string; stdin?: string } = {}) =>
    new Promise<CliResult>((ended) => {
      const env = { PATH: path, HOME: process.env['HOME'] ?? '', ...environment };
      const settings = { cwd: options.cwd ?? folder, env, maxBuffer: 2 ** 24 };
      const child = execFile(command, args, settings, (_error, stdout, stderr) =>
        ended({ code: child.exitCode, stdout, stderr }),
      );
      child.stdin?.end(options.stdin ?? '');
    });
  const catchwater = (args: string[], stdin?: string) =>
    run('npx', ['--no-install', 'catchwater', ...args], stdin === undefined ? {} : { stdin });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-package-'));
    environment = {};
    const packed = await run('npm', ['pack', '--pack-destination', folder], { cwd: projectRoot });
    expect(packed.code, packed.stderr).to.equal(0);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, tarball)];
    const installed = await run('npm', install);
    expect(installed.code, installed.stderr).to.equal(0);

    // What the set-up would make here, it finds made.
    mkdirSync(join(folder, '.catchwater'));
    symlinkSync(join(projectRoot, '.catchwater/python'), join(folder, '.catchwater/python'));
    cpSync(join(projectRoot, 'sources/weatherapi.yaml'), join(folder, 'mine.yaml'));
    api = await startSampleApi();
    ({ environment } = await sharedLocalAws());
  });

  after(async () => {
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds no TypeScript, no tests and nothing of this machine', async () => {
    const names = readdirSync(join(folder, 'node_modules/catchwater'), { recursive: true, encoding: 'utf8' });
    expect(names).to.include.members(['bin/catchwater.mjs', 'dist/setup.mjs', 'dist/glue/partition_job.py']);
    expect(
      names.filter((name) => /\.ts$|(^|\/)test(\/|$)|__pycache__|\.catchwater/.test(name)),
    ).to.deep.equal([]);
    const grep = await run('grep', ['-rlF', projectRoot, 'node_modules/catchwater']);
    expect(grep.stdout).to.equal('');
  });

  it('checks a source file', async () => {
    const good = await catchwater(['check', 'mine.yaml']);
    expect(good.code, good.stderr).to.equal(0);
    expect(good.stdout).to.match(/^mine\.yaml: weatherapi is well-formed, 1 table/);
    writeFileSync(join(folder, 'wrong.yaml'), 'version: 1\nname: wrong\nclient: { base_ur: x }\n');
    const wrong = await catchwater(['check', 'wrong.yaml']);
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.match(/wrong\.yaml:3:11: .*base_ur.*\n/);
  });

  it('keeps a secret, deploys and destroys', async () => {
    const secret = await catchwater(['secret', 'set', 'weatherapi-key'], 'a-key\n');
    expect(secret.code, secret.stderr).to.equal(0);
    const source = ['--source', 'mine.yaml', '--stack', 'packaged', '--base-url', `${api.url}/v1/`];
    const deployed = await catchwater(['deploy', ...source, '--json', 'ScheduleState=DISABLED']);
    expect(deployed.code, deployed.stderr).to.equal(0);
    const document = JSON.parse(deployed.stdout) as { changed: boolean; warnings: string[]; outputs: object };
    expect(document.changed).to.equal(true);
    expect(document.outputs).to.include.keys('StagingBucket', 'CuratedBucket', 'GlueJob');
    const again = await catchwater(['deploy', ...source, '--json', 'ScheduleState=DISABLED']);
    expect(JSON.parse(again.stdout)).to.include({ changed: false });
    const destroyed = await catchwater(['destroy', '--stack', 'packaged', '--yes', '--purge-data']);
    expect(destroyed.code, destroyed.stderr).to.equal(0);
  });

  it('runs the whole pipeline on this machine, each row as it was served, in the partition of its hour', async () => {
    const { code, stdout, stderr } = await catchwater(['local', '--once', '--json']);
    expect(code, stderr).to.equal(0);
    const { receipt, rows } = JSON.parse(stdout) as { receipt: { balanced: boolean }; rows: number };
    expect(receipt.balanced).to.equal(true);
    expect(await leftovers(folder)).to.deep.equal([]);
    const table = await readTable(folder);
    expect(table).to.have.length(rows).greaterThan(0);
    for (const { city, hour, epoch, latitude, longitude, temperature } of table) {
      expect(hour, city).to.equal(new Date(epoch * 1000).toISOString().slice(0, 13));
      expect(temperature, city).to.equal(generateWeather('temperature_2m', { latitude, longitude }, epoch));
    }
  });
});

interface Row {
  city: string;
  hour: string;
  epoch: number;
  latitude: number;
  longitude: number;
  temperature: number;
}

/** The curated bucket as the local AWS keeps it on disk. */
async function readTable(folder: string): Promise<Row[]> {
  const files = globSync(join(folder, '.catchwater/aws/objects/**/hourly_weather/**/part-*.parquet'));
  const duck = await openDuck();
  const result = await duck.runAndReadAll(
    `SELECT city, format('{}-{}-{}T{}', year, month, day, hour) AS hour, epoch("time") AS epoch, latitude, longitude,
       temperature_2m AS temperature
     FROM read_parquet([${files.map((file) => `'${file}'`).join(', ')}], hive_types_autocast = false)`,
  );
  duck.closeSync();
  return result.getRowObjectsJS() as unknown as Row[];
}
