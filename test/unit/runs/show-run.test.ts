import { expect } from 'chai';
import type { LoadDetails } from '../../../deploy/runs/read-load.ts';
import { fetchId, parseRunId } from '../../../deploy/runs/run-id.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import { parseRawObjectKey, rawObjectKey } from '../../../pipeline/raw-object.ts';
import { rejection } from '../../support/rejection.ts';
import { noon, runsScene, source } from '../../support/runs-scene.ts';

describe('catchwater runs show', () => {
  let scene: Awaited<ReturnType<typeof runsScene>>;
  beforeEach(async () => {
    scene = await runsScene();
  });

  describe('of a load', () => {
    it('tells what became of its rows, by table, and of its files, windows and engine', async () => {
      const [load = ''] = scene.loads();
      const { code, out } = await scene.show(load);
      expect(code).to.equal(0);
      const lines = out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
      expect(lines.slice(0, 5)).to.deep.equal([
        `load ${load} · closed`,
        'made 2026-11-21 10:05 · took 57 min · 3 objects, 3.0 KB · Glue run jr_1',
        '',
        '30 rows parsed = 30 inserted · 2 of 2 files written',
        '3 lines read · 2 of 2 files counted again · balanced',
      ]);
      expect(lines).to.include.members([
        'table | objects | lines | rows | filtered | quarantined | duplicate | updated | inserted | deleted',
        'weather | 3 | 3 | 30 | 0 | 0 | 0 | 0 | 30 | 0',
        'table | files | written | rows before | + inserted | + recovered | − removed | = after',
        'weather | 2 | 2 | 0 | 30 | 0 | 0 | 30',
        'weather/year=2026/month=11/day=21/hour=09/part-0.parquet | 20 | 100 bytes | 20 inserted',
        'weather@2026-11-21T09:00:00Z | 2 | 2 | 2.0 KB',
        'weather@2026-11-21T10:00:00Z | 1 | 1 | 1.0 KB',
        'engine glue: seconds 1',
        'duckdb 1.5.5',
      ]);
    });

    it('tells why it failed', async () => {
      const [, load = ''] = scene.loads();
      const { out } = await scene.show(load);
      expect(out).to.include(`load ${load} · failed`);
      expect(out).to.match(
        /10 lines read · no file was counted again · NOT BALANCED:\n {2}weather: raw\/weather\/\S+: 1 lines landed, 5 read\n {2}cities: /,
      );
    });

    it('is one JSON document, with every file and object', async () => {
      const [load = ''] = scene.loads();
      const { run } = JSON.parse((await scene.show(load, true)).out) as { run: LoadDetails };
      expect(run).to.include({ kind: 'load', id: load, state: 'closed', jobRun: 'jr_1' });
      expect(run.receipt).to.include({ balanced: true, checked: 2, lines: 3 });
      expect(run.sums.map(({ table, inserted }) => [table, inserted])).to.deep.equal([['weather', 30]]);
      expect(run.files.map(({ rows_after: rows }) => rows)).to.deep.equal([20, 10]);
      expect(run.objectList.map(({ fetch, lines }) => [fetch, lines])).to.have.deep.members([
        ['weather@2026-11-21T09:00:00Z', 1],
        ['weather@2026-11-21T09:00:00Z', 1],
        ['weather@2026-11-21T10:00:00Z', 1],
      ]);
      expect(run.missing).to.deep.equal([]);
    });

    it('tells what is no longer there, and all else', async () => {
      const [load = ''] = scene.loads();
      for (const key of scene.aws.objects.keys()) if (key.startsWith('loads/')) scene.aws.objects.delete(key);
      const { code, out } = await scene.show(load);
      expect(code).to.equal(0);
      expect(out).to.include('30 rows parsed = 30 inserted');
      expect(out).to.match(
        /the receipt cannot be read: NoSuchKey.*\nthe report cannot .*\nthe manifest cannot /,
      );
    });

    it('tells of a load under way', async () => {
      scene.aws.land('weather', '2026-11-21T12:00:00Z', 1);
      scene.aws.clock = noon.getTime();
      await scene.aws.wake(source);
      const { out } = await scene.show(scene.loads()[2] ?? '');
      expect(out).to.match(/ · started\nmade 2026-11-21 12:00 · 1 object,/);
      expect(out).to.include(`after dead loads: ${scene.loads()[1]}`);
      // What was in the dead load comes again with a load of its own.
      expect(out).to.include('weather@2026-11-21T12:00:00Z').and.not.include('weather@2026-11-21T11:00:00Z');
    });
  });

  describe('of a fetch', () => {
    it('tells what it asked and landed, and what load took it', async () => {
      const { code, out } = await scene.show('weather@2026-11-21T09:00:00Z');
      expect(code).to.equal(0);
      const [head, begun, , landed] = out.split('\n');
      expect(head).to.equal('fetch weather@2026-11-21T09:00:00Z · committed');
      expect(begun).to.equal('begun 2026-11-21 09:00 · took 0 s');
      expect(landed).to.equal(`2 objects with 2 lines landed · loaded by ${scene.loads()[0]}`);
      expect(out).to.match(/raw\/weather\/\S+ +1 +1\.0 KB +done +10 +0 +\S+\n/);
    });

    it('tells of slices that were left out, and of objects that wait', async () => {
      const { out } = await scene.show('cities@2026-11-21T11:00:00Z');
      expect(out).to.include('left out: city=Atlantis: 404');
      expect(out).to.include('1 object with 1 line landed · no load has taken them yet');
      expect(out).to.match(/raw\/cities\/\S+ +1 +1\.0 KB +pending\n/);
    });

    it('knows it by its time, however that is written', async () => {
      const { out } = await scene.show('weather@2026-11-21T10:30:00+00:00', true);
      expect((JSON.parse(out) as { run: object }).run).to.deep.equal({
        kind: 'fetch',
        id: 'weather@2026-11-21T10:30:00Z',
        at: '2026-11-21T10:30:00Z',
        state: 'failed',
        resource: 'weather',
        attempt: 1,
        startedAt: '2026-11-21T10:30:00Z',
        endedAt: '2026-11-21T10:30:40Z',
        requests: 0,
        responses: 0,
        unchanged: 0,
        bytes: 0,
        skipped: 0,
        behind: 0,
        error: 'the API says 503',
        skippedSlices: [],
        objects: [],
        loads: [],
      });
    });
  });

  for (const [run, words] of [
    [
      '20261121T100500002Z-0009',
      /^weather has no run '20261121T100500002Z-0009': catchwater runs --stack weather lists them$/,
    ],
    ['weather@2026-11-21T10:31:00Z', /^weather has no run/],
    ['weather@noon', /^'noon' in 'weather@noon' is no ISO 8601 time; a fetch is called like/],
  ] as const) {
    it(`refuses ${run}`, async () => {
      const error = await rejection(scene.show(run));
      expect(error).to.be.instanceOf(ConfigError);
      expect(error.message).to.match(words);
    });
  }
});

describe('names of runs and raw objects', () => {
  it('lead to what they name', () => {
    const fetch = { resource: 'hourly_weather', scheduledAt: '2026-11-21T10:05:00Z' };
    expect(parseRunId(fetchId(fetch))).to.deep.equal({ ...fetch, slice: 'all' });
    const name = {
      resource: 'a-b',
      slice: 'x-1',
      scheduledAt: new Date('2026-11-21T10:05:09Z'),
      attempt: 12,
      part: 3,
    };
    expect(parseRawObjectKey(rawObjectKey(name))).to.deep.equal(name);
    expect(parseRawObjectKey('drop/weather/2026.ndjson.gz')).to.equal(undefined);
  });
});
