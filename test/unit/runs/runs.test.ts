import { expect } from 'chai';
import { runRuns, runShow, type RunsOptions } from '../../../deploy/commands/runs.ts';
import type { LoadDetails } from '../../../deploy/runs/read-load.ts';
import type { Run } from '../../../deploy/runs/list-runs.ts';
import { fetchId, parseRunId } from '../../../deploy/runs/run-id.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import { parseRawObjectKey, rawObjectKey } from '../../../pipeline/raw-object.ts';
import { sourceKey, sourceText } from '../../../pipeline/source/source-key.ts';
import { dispatchScene, weatherAndCities, type DispatchScene } from '../../support/dispatch-scene.ts';
import { fetchItem } from '../../support/load-samples.ts';
import { rejection } from '../../support/rejection.ts';
import { stackScene } from '../../support/stack-scene.ts';

const source = weatherAndCities;
const noon = new Date('2026-11-21T12:00:00Z');

/** Two windows that a load has taken, one that failed, then a load of both resources that fails by its receipt. */
async function story(): Promise<DispatchScene> {
  const aws = dispatchScene();
  aws.objects.set(sourceKey(source), Buffer.from(sourceText(source)));
  aws.land('weather', '2026-11-21T09:00:00Z', 2);
  aws.land('weather', '2026-11-21T10:00:00Z', 1);
  aws.dynamo.put({
    ...fetchItem('weather', '2026-11-21T10:30:00Z', 0),
    work: undefined,
    state: 'failed',
    error: 'the API says 503',
    ended_at: '2026-11-21T10:30:40Z',
  });
  await aws.wake(source);
  await aws.succeed(aws.run());
  aws.clock = Date.parse('2026-11-21T11:02:00Z');
  await aws.wake(source);
  aws.dynamo.put({
    ...fetchItem('cities', '2026-11-21T11:00:00Z', 1),
    requests: 3,
    responses: 2,
    unchanged: 1,
    bytes: 1000,
    skipped: [{ slice: 'city=Atlantis', error: '404' }],
    skipped_count: 1,
  });
  aws.land('weather', '2026-11-21T11:00:00Z', 1);
  await aws.wake(source);
  await aws.report((lines) => lines.map((line) => (line.kind === 'object' ? { ...line, lines: 5 } : line)));
  await aws.wake(source, { batchWindowMs: 3_600_000 });
  return aws;
}

describe('catchwater runs', () => {
  let aws: DispatchScene;
  beforeEach(async () => {
    aws = await story();
  });

  const optionsOf = (output: { out: string; err: string }) => ({
    stackName: 'weather',
    json: false,
    stdout: { write: (text: string) => (output.out += text) },
    stderr: { write: (text: string) => (output.err += text) },
    ledger: aws.deps().ledger,
    connection: { ...stackScene({ source }).connection, s3: aws.deps().s3 } as never,
  });
  const list = async (more: Partial<RunsOptions> = {}) => {
    const output = { out: '', err: '' };
    const code = await runRuns({ ...optionsOf(output), failed: false, limit: 20, now: noon, ...more });
    return { code, ...output };
  };
  const listed = async (more: Partial<RunsOptions> = {}): Promise<Run[]> =>
    (JSON.parse((await list({ ...more, json: true })).out) as { runs: Run[] }).runs;
  const idsOf = async (more: Partial<RunsOptions> = {}) =>
    (await listed(more)).map(({ kind, id, at }) => (kind === 'load' ? `load ${at.slice(11, 16)}` : id));
  const show = async (run: string, json = false) => {
    const output = { out: '', err: '' };
    const code = await runShow({ ...optionsOf(output), json, run });
    return { code, ...output };
  };
  const loads = (): string[] => aws.loads().map(({ load }) => load);

  describe('as a list', () => {
    it('has one line for each, the newest first', async () => {
      const { code, out, err } = await list();
      expect({ code, err }).to.deep.equal({ code: 0, err: '' });
      const [head, , ...rows] = out.trimEnd().split('\n');
      expect(head).to.match(/^at +run +state +took +what$/);
      const [first, ...others] = rows.map((row) => row.replaceAll(/ {2,}/g, ' | '));
      // An error is cut to what people read.
      expect(first).to.match(
        / \| failed \| 0 s \| 2 objects, 2\.0 KB → weather, cities · the receipt does not /,
      );
      expect(others).to.deep.equal([
        '2026-11-21 11:00 | weather@2026-11-21T11:00:00Z | committed | 0 s | 0 requests, 0 responses, 0 bytes',
        '2026-11-21 11:00 | cities@2026-11-21T11:00:00Z | committed | 0 s | 3 requests, 2 responses (1 unchanged), 1.0 KB · 1 slice left out',
        '2026-11-21 10:30 | weather@2026-11-21T10:30:00Z | failed | 40 s | 0 requests, 0 responses, 0 bytes · the API says 503',
        `2026-11-21 10:05 | ${loads()[0]} | closed | 57 min | 3 objects, 3.0 KB → weather · 30 rows parsed = 30 inserted · 2 of 2 files written`,
        '2026-11-21 10:00 | weather@2026-11-21T10:00:00Z | committed | 0 s | 0 requests, 0 responses, 0 bytes',
        '2026-11-21 09:00 | weather@2026-11-21T09:00:00Z | committed | 0 s | 0 requests, 0 responses, 0 bytes',
      ]);
    });

    const weather = ['11:00', '10:30', '10:00', '09:00'].map((time) => `weather@2026-11-21T${time}:00Z`);
    const cities = 'cities@2026-11-21T11:00:00Z';
    const filters: [what: string, more: Partial<RunsOptions>, expected: (string | undefined)[]][] = [
      ['of a resource', { resource: 'cities' }, ['load 11:02', cities]],
      [
        'of a table',
        { table: 'weather' },
        ['load 11:02', ...weather.slice(0, 2), 'load 10:05', ...weather.slice(2)],
      ],
      [
        'of both, where they have nothing in common',
        { table: 'weather', resource: 'cities' },
        ['load 11:02'],
      ],
      ['that failed', { failed: true }, ['load 11:02', weather[1]]],
      ['since a time', { since: '2026-11-21T10:30:00Z' }, ['load 11:02', weather[0], cities, weather[1]]],
      ['since a time that names no zone', { since: '2026-11-21T11:01' }, ['load 11:02']],
      ['since a time elsewhere', { since: '2026-11-21T05:01-06:00' }, ['load 11:02']],
      ['of the last hour', { since: 'PT1H' }, ['load 11:02', weather[0], cities]],
      ['to a number', { limit: 2 }, ['load 11:02', weather[0]]],
      [
        'that failed, to a number, however many did not',
        { failed: true, limit: 1, resource: 'weather' },
        ['load 11:02'],
      ],
    ];
    for (const [what, more, expected] of filters) {
      it(`has those ${what}`, async () => {
        expect(await idsOf(more)).to.deep.equal(expected);
      });
    }

    it('goes on over pages', async () => {
      for (let minute = 0; minute < 250; minute += 1) {
        const at = new Date(Date.UTC(2026, 10, 20, 0, minute)).toISOString().replace('.000', '');
        aws.dynamo.put({ ...fetchItem('cities', at, 0), work: undefined });
      }
      expect(await idsOf({ resource: 'cities', limit: 1000 })).to.have.length(252);
      expect(await idsOf({ resource: 'cities', limit: 200 })).to.have.length(200);
    });

    it('is one JSON document', async () => {
      const { code, out } = await list({ json: true, resource: 'cities' });
      expect(code).to.equal(0);
      const { schemaVersion, stack, runs } = JSON.parse(out) as Record<string, unknown>;
      expect({ schemaVersion, stack }).to.deep.equal({ schemaVersion: 1, stack: 'weather' });
      const [load] = aws.loads().slice(1);
      expect(runs).to.deep.equal([
        {
          kind: 'load',
          id: load?.load,
          at: load?.created_at,
          createdAt: load?.created_at,
          endedAt: load?.ended_at,
          state: 'failed',
          objects: 2,
          bytes: 2000,
          resources: ['cities', 'weather'],
          tables: ['weather', 'cities'],
          receipt: load?.receipt,
          error: load?.error,
        },
        {
          kind: 'fetch',
          id: 'cities@2026-11-21T11:00:00Z',
          at: '2026-11-21T11:00:00Z',
          state: 'committed',
          resource: 'cities',
          attempt: 1,
          startedAt: '2026-11-21T11:00:00Z',
          endedAt: '2026-11-21T11:00:00Z',
          requests: 3,
          responses: 2,
          unchanged: 1,
          bytes: 1000,
          skipped: 1,
          behind: 0,
        },
      ]);
    });

    it('says that there is none', async () => {
      expect(await list({ since: '2027-01-01' })).to.deep.equal({
        code: 0,
        out: 'weather: no such run\n',
        err: '',
      });
    });

    it('has the loads alone, and ends with 1, where the source cannot be read', async () => {
      aws.objects.delete(sourceKey(source));
      const { code, out, err } = await list();
      expect(code).to.equal(1);
      expect(out.trimEnd().split('\n')).to.have.length(4);
      expect(err).to.match(/^the deployed source cannot be read: .*; only loads are listed\n$/);
      const document = JSON.parse((await list({ json: true })).out) as { runs: Run[]; error: string };
      expect(document.runs).to.have.length(2);
      expect(document.error).to.match(/^the deployed source cannot be read/);
    });

    const refused: [more: Partial<RunsOptions>, words: RegExp][] = [
      [{ resource: 'wether' }, /^the source samples has no resource 'wether'; it has weather, cities$/],
      [{ table: 'wether' }, /^the source samples has no table 'wether'; it has weather, cities$/],
      [{ since: 'yesterday' }, /^--since yesterday is neither a time, .* nor a span/],
      [{ since: '2026-13-01' }, /^--since 2026-13-01 is neither/],
      [{ stackName: 'other' }, /^there is no stack other/],
    ];
    for (const [more, words] of refused) {
      it(`refuses ${JSON.stringify(more)}`, async () => {
        const error = await rejection(list(more));
        expect(error).to.be.instanceOf(ConfigError);
        expect(error.message).to.match(words);
      });
    }
  });

  describe('show, of a load', () => {
    it('tells what became of its rows, by table, and of its files, windows and engine', async () => {
      const [load = ''] = loads();
      const { code, out } = await show(load);
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
      const [, load = ''] = loads();
      const { out } = await show(load);
      expect(out).to.include(`load ${load} · failed`);
      expect(out).to.match(
        /10 lines read · no file was counted again · NOT BALANCED:\n {2}weather: raw\/weather\/\S+: 1 lines landed, 5 read\n {2}cities: /,
      );
    });

    it('is one JSON document, with every file and object', async () => {
      const [load = ''] = loads();
      const { run } = JSON.parse((await show(load, true)).out) as { run: LoadDetails };
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
      const [load = ''] = loads();
      for (const key of aws.objects.keys()) if (key.startsWith('loads/')) aws.objects.delete(key);
      const { code, out } = await show(load);
      expect(code).to.equal(0);
      expect(out).to.include('30 rows parsed = 30 inserted');
      expect(out).to.match(
        /the receipt cannot be read: NoSuchKey.*\nthe report cannot .*\nthe manifest cannot /,
      );
    });

    it('tells of a load under way', async () => {
      aws.land('weather', '2026-11-21T12:00:00Z', 1);
      aws.clock = noon.getTime();
      await aws.wake(source);
      const { out } = await show(loads()[2] ?? '');
      expect(out).to.match(/ · started\nmade 2026-11-21 12:00 · 3 objects/);
      expect(out).to.include(`after dead loads: ${loads()[1]}`);
      expect(out).to.include('weather@2026-11-21T12:00:00Z');
    });
  });

  describe('show, of a fetch', () => {
    it('tells what it asked and landed, and what load took it', async () => {
      const { code, out } = await show('weather@2026-11-21T09:00:00Z');
      expect(code).to.equal(0);
      const [head, begun, , landed] = out.split('\n');
      expect(head).to.equal('fetch weather@2026-11-21T09:00:00Z · committed');
      expect(begun).to.equal('begun 2026-11-21 09:00 · took 0 s');
      expect(landed).to.equal(`2 objects with 2 lines landed · loaded by ${loads()[0]}`);
      expect(out).to.match(/raw\/weather\/\S+ +1 +1\.0 KB +done +10 +0 +\S+\n/);
    });

    it('tells of slices that were left out, and of objects that wait', async () => {
      const { out } = await show('cities@2026-11-21T11:00:00Z');
      expect(out).to.include('left out: city=Atlantis: 404');
      expect(out).to.include('1 object with 1 line landed · no load has taken them yet');
      expect(out).to.match(/raw\/cities\/\S+ +1 +1\.0 KB +pending\n/);
    });

    it('knows it by its time, however that is written', async () => {
      const { out } = await show('weather@2026-11-21T10:30:00+00:00', true);
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
    it(`show refuses ${run}`, async () => {
      const error = await rejection(show(run));
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
