import { expect } from 'chai';
import type { RunsOptions } from '../../../deploy/commands/runs.ts';
import type { Run } from '../../../deploy/runs/list-runs.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import { sourceKey } from '../../../pipeline/source/source-key.ts';
import { fetchItem } from '../../support/load-samples.ts';
import { rejection } from '../../support/rejection.ts';
import { runsScene, source } from '../../support/runs-scene.ts';

describe('catchwater runs', () => {
  let scene: Awaited<ReturnType<typeof runsScene>>;
  beforeEach(async () => {
    scene = await runsScene();
  });

  it('has one line for each, the newest first', async () => {
    const { code, out, err } = await scene.list();
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
      `2026-11-21 10:05 | ${scene.loads()[0]} | closed | 57 min | 3 objects, 3.0 KB → weather · 30 rows parsed = 30 inserted · 2 of 2 files written`,
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
    ['of both, where they have nothing in common', { table: 'weather', resource: 'cities' }, ['load 11:02']],
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
      expect(await scene.idsOf(more)).to.deep.equal(expected);
    });
  }

  it('goes on over pages', async () => {
    for (let minute = 0; minute < 250; minute += 1) {
      const at = new Date(Date.UTC(2026, 10, 20, 0, minute)).toISOString().replace('.000', '');
      scene.aws.dynamo.put({ ...fetchItem('cities', at, 0), work: undefined });
    }
    expect(await scene.idsOf({ resource: 'cities', limit: 1000 })).to.have.length(252);
    expect(await scene.idsOf({ resource: 'cities', limit: 200 })).to.have.length(200);
  });

  it('is one JSON document', async () => {
    const { code, out } = await scene.list({ json: true, resource: 'cities' });
    expect(code).to.equal(0);
    const { schemaVersion, stack, runs } = JSON.parse(out) as Record<string, unknown>;
    expect({ schemaVersion, stack }).to.deep.equal({ schemaVersion: 1, stack: 'weather' });
    const [load] = scene.aws.loads().slice(1);
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
    expect(await scene.list({ since: '2027-01-01' })).to.deep.equal({
      code: 0,
      out: 'weather: no such run\n',
      err: '',
    });
  });

  it('has the loads alone, and ends with 1, where the source cannot be read', async () => {
    scene.aws.objects.delete(sourceKey(source));
    const { code, out, err } = await scene.list();
    expect(code).to.equal(1);
    expect(out.trimEnd().split('\n')).to.have.length(4);
    expect(err).to.match(/^the deployed source cannot be read: .*; only loads are listed\n$/);
    const document = JSON.parse((await scene.list({ json: true })).out) as { runs: Run[]; error: string };
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
      const error = await rejection(scene.list(more));
      expect(error).to.be.instanceOf(ConfigError);
      expect(error.message).to.match(words);
    });
  }
});
