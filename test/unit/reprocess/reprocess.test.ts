import { expect } from 'chai';
import { runReprocess } from '../../../deploy/commands/reprocess.ts';
import { makeAnew } from '../../../deploy/reprocess/make-anew.ts';
import { planReprocess } from '../../../deploy/reprocess/plan-reprocess.ts';
import { CatchwaterError, ConfigError } from '../../../pipeline/errors.ts';
import { noteCheck } from '../../../pipeline/ledger/generations.ts';
import type { FetchItem } from '../../../pipeline/ledger/items.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import { minute } from '../../support/dispatch-scene.ts';
import { fakeClient } from '../../support/fake-client.ts';
import { byDay, byHour, loadedScene, type GenerationScene } from '../../support/generation-scene.ts';
import { rejection } from '../../support/rejection.ts';

/** The staging bucket: versions of raw objects, in pages of two. */
function stagingOf(scene: GenerationScene, isThere: (key: string) => boolean) {
  const all = [...scene.aws.dynamo.items.values()]
    .filter(({ pk }) => pk.startsWith('FETCH#'))
    .flatMap((item) => (item as unknown as FetchItem).objects ?? [])
    .filter(({ key }) => isThere(key))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
  return ({ Prefix = '', KeyMarker = '' }: { Prefix?: string; KeyMarker?: string }) => {
    const rest = all.filter(({ key }) => key.startsWith(Prefix) && key > KeyMarker);
    const page = rest.slice(0, 2);
    return {
      Versions: page.map(({ key, version_id }) => ({ Key: key, VersionId: version_id })),
      IsTruncated: page.length < rest.length,
      NextKeyMarker: page.at(-1)?.key,
    };
  };
}

describe('reprocess', () => {
  let scene: GenerationScene;
  let progress: string[];
  let lost: (key: string) => boolean;
  beforeEach(async () => {
    scene = await loadedScene();
    progress = [];
    lost = () => false;
  });

  const onProgress = (line: string): void => void progress.push(line);
  const s3 = (source: CompiledSource) =>
    fakeClient({
      GetObjectCommand: () => ({ Body: { transformToString: async () => JSON.stringify(source) } }),
      ListObjectVersionsCommand: stagingOf(scene, (key) => !lost(key)),
    });
  const plan = (source = byDay, table = 'weather') =>
    planReprocess({
      source,
      table,
      ledger: scene.ledger,
      s3: s3(source),
      stagingBucket: 'staging',
      onProgress,
    });
  /** While the command sleeps, the dispatcher and the engine work. */
  const deps = (source = byDay) => ({
    ledger: scene.ledger,
    now: () => new Date(scene.aws.clock),
    sleep: () => scene.settle(source, 1),
    onProgress,
  });

  async function dieMeanwhile(): Promise<void> {
    scene.aws.clock += minute;
    await scene.wake(byDay);
    const active = scene.aws.activeRun();
    if (active) await scene.engine.die(active);
  }

  async function beginMeanwhile(): Promise<void> {
    await scene.begin(byHour);
  }

  async function run(options: { dryRun?: boolean; yes?: boolean; json?: boolean; source?: CompiledSource }) {
    const { dryRun = false, yes = true, json = false, source = byDay } = options;
    let out = '';
    const outputs = { LedgerTable: 'ledger', CuratedBucket: 'curated', StagingBucket: 'staging' };
    const parameters = { ArtifactBucket: 'artifacts', SourceKey: 'sources/a.json' };
    const cloudformation = fakeClient({
      DescribeStacksCommand: () => ({
        Stacks: [
          {
            StackName: 'weather',
            StackStatus: 'CREATE_COMPLETE',
            Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
            Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
              ParameterKey,
              ParameterValue,
            })),
          },
        ],
      }),
    });
    const connection = { account: '1', region: 'eu-central-1', cloudformation, s3: s3(source) };
    const code = await runReprocess({
      stackName: 'weather',
      table: 'weather',
      dryRun,
      yes,
      json,
      stdout: { write: (text) => (out += text) },
      ...deps(source),
      connection: connection as never,
    });
    return { code, out };
  }

  it('shows what it would read and change, and does nothing', async () => {
    const before = await scene.table();
    const { code, out } = await run({ dryRun: true });
    expect(code).to.equal(0);
    expect(out).to
      .equal(`weather: generation 2 is made in weather.g2/, from the raw responses; no API is called
  reads     weather: 4 raw objects of 2 windows, 4.0 KB
  changes   partition_by was hour, is day
  queries   read generation 1 until the new one is whole and checked; its files are deleted an hour later
`);
    expect(await scene.table()).to.deep.equal(before);
    const { out: json } = await run({ dryRun: true, json: true, source: byHour });
    expect(JSON.parse(json)).to.deep.include({ schemaVersion: 1, stack: 'weather', done: false });
    expect((JSON.parse(json) as { plan: object }).plan).to.deep.include({ changes: [], generation: [1, 2] });
  });

  it('asks nobody where there is no terminal, and does nothing', async () => {
    const error = await rejection(run({ yes: false }));
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.include('give --yes');
    expect(await scene.table()).to.not.have.property('building');
  });

  it('waits until queries read the new generation, and tells how far it is', async () => {
    const { code, out } = await run({});
    expect(code).to.equal(0);
    expect(out).to.match(/weather: queries read generation 2, 40 rows\n$/);
    expect(scene.place()).to.equal('s3://curated/weather.g2/');
    expect(progress).to.include.members([
      'weather: what is loaded from now on goes to weather.g2/',
      'weather: 4 raw objects put back on the list, 4 to be loaded again',
      'weather: waiting for the first load',
    ]);
    const again = await run({ json: true });
    expect(JSON.parse(again.out)).to.deep.include({
      done: true,
      generation: 3,
      folder: 'weather.g3/',
      rows: 40,
    });
  });

  it('goes on with what is under way, and asks nothing', async () => {
    await scene.begin();
    const planned = await plan();
    expect(planned.plan).to.deep.include({ underWay: true, generation: [1, 2], objects: 4, reads: [] });
    const { code, out } = await run({ yes: false });
    expect(code).to.equal(0);
    expect(out).to.include('weather: generation 2 is being made already, from 4 raw objects, in weather.g2/');
    expect(await scene.table()).to.include({ generation: 2 });
  });

  it('begins another one in place of one that is at fault', async () => {
    const item = await scene.begin();
    await noteCheck(scene.ledger, item, { token: 1, files: 0, rows: 0, whole: true }, 'a row is missing');
    expect((await plan()).plan).to.deep.include({ underWay: false, generation: [1, 3] });
    await run({});
    expect(scene.place()).to.equal('s3://curated/weather.g3/');
  });

  it('is refused where raw objects are gone, and names their windows', async () => {
    lost = (key) => key.includes('T090000Z') && key.endsWith('-1.ndjson.gz');
    const error = await rejection(plan());
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.match(
      /raw objects of 1 window are no longer.*\n {2}weather 2026-11-21T09:00:00Z: 1 of 2 raw objects\n/,
    );
    expect(await scene.table()).to.not.have.property('building');
  });

  it('names twenty windows at most', async () => {
    for (let day = 1; day <= 25; day += 1) {
      scene.aws.land('weather', `2026-10-${String(day).padStart(2, '0')}T00:00:00Z`, 1);
    }
    lost = (key) => key.includes('/month=10/');
    const { message } = await rejection(plan());
    expect(message).to.include('raw objects of 25 windows').and.to.include('and 5 more');
    expect(message.match(/1 of 1 raw object\n/g)).to.have.length(20);
  });

  it('refuses a table that nobody has heard of, or nothing is stored of', async () => {
    expect((await rejection(plan(byDay, 'wether'))).message).to.include('did you mean weather?');
    const named = structuredClone(byDay);
    for (const { table } of named.resources) table.name = 'other';
    expect((await rejection(plan(named, 'other'))).message).to.include(
      'nothing of the table other is stored',
    );
  });

  it('begins nothing when the ledger has moved since the plan', async () => {
    const planned = await plan();
    await scene.begin(byHour);
    const error = await rejection(makeAnew([planned], deps()));
    expect(error).to.be.instanceOf(ConfigError);
    expect(error.message).to.include('the ledger has moved since the plan');
    expect((await scene.table()).building).to.include({ generation: 2, partition_by: 'hour' });
  });

  it('ends when loads die, three in a row', async () => {
    const error = await rejection(makeAnew([await plan()], { ...deps(), sleep: dieMeanwhile }));
    expect(error).to.be.instanceOf(CatchwaterError);
    expect(error.message).to.match(
      /^3 loads in a row have died, the last one is .*The dispatcher goes on trying/,
    );
  });

  it('ends when another one is begun in its place', async () => {
    const error = await rejection(makeAnew([await plan()], { ...deps(), sleep: beginMeanwhile }));
    expect(error.message).to.match(/^generation 2 of the table weather is no longer being made/);
  });

  it('tells of a fault', async () => {
    const error = await rejection(
      makeAnew([await plan()], {
        ...deps(),
        sleep: async () => {
          const checked = { token: 1, files: 1, rows: 39, whole: true } as const;
          await noteCheck(scene.ledger, await scene.table(), checked, 'a row is missing');
        },
      }),
    );
    expect(error.message).to.match(
      /queries still read the one before: a row is missing\nRun the command again/,
    );
  });
});
