import { expect } from 'chai';
import * as fc from 'fast-check';
import { rhythmOf, suggestCadence } from '../../../pipeline/incremental/suggest-cadence.ts';
import type { CompiledResource } from '../../../pipeline/source/source.ts';
import { incremental } from '../../support/incremental.ts';

type Windows = Parameters<typeof suggestCadence>[0];
type Asked = Windows[number];
type Rhythm = Parameters<typeof suggestCadence>[1];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const begin = Date.UTC(2026, 10, 1);
const entities: Rhythm = { keepsHistory: false, isIncremental: false };

/** Windows at this interval, one request and one response each. */
function askEvery(
  intervalMs: number,
  number: number,
  more: (index: number) => Partial<Asked> = () => ({}),
): Asked[] {
  return Array.from({ length: number }, (_, index) => ({
    scheduled_at: new Date(begin + index * intervalMs).toISOString(),
    state: 'committed',
    requests: 1,
    responses: 1,
    ...more(index),
  }));
}

/** A source that changes on the beat, asked at another. */
function changing(everyMs: number, intervalMs: number, number: number): Asked[] {
  const turn = (index: number) => Math.floor((index * intervalMs) / everyMs);
  return askEvery(intervalMs, number, (index) => ({ unchanged: turn(index) === turn(index - 1) ? 1 : 0 }));
}

const still = () => ({ unchanged: 1 });

describe('suggestCadence', () => {
  it('suggests the time between two changes, rounded down, with the figures it is based on', () => {
    const found = suggestCadence(changing(70 * minute, 5 * minute, 200), entities);
    expect(found?.direction).to.equal('less often');
    expect(found?.everyMs).to.equal(hour);
    expect(found?.basis).to.include({ windows: 199, responses: 199, unchanged: 185, intervalMs: 5 * minute });
    expect(found?.basis.changesEveryMs).to.be.closeTo(70 * minute, 5 * minute);
    expect(found?.requestsADay).to.deep.equal({ now: 288, after: 24 });
  });

  const table: [what: string, windows: Windows, rhythm: Partial<Rhythm>, everyMs: number | undefined][] = [
    ['nothing of no window', [], {}, undefined],
    ['nothing of too few responses', askEvery(minute, 20, still), {}, undefined],
    ['something of enough', askEvery(minute, 21, still), {}, 5 * minute],
    [
      'nothing of too few windows, however many slices they have',
      askEvery(minute, 10, () => ({ responses: 50, unchanged: 50 })),
      {},
      undefined,
    ],
    ['nothing where every response is new', askEvery(minute, 100), {}, undefined],
    [
      'nothing where half of them are',
      askEvery(minute, 100, (index) => ({ unchanged: index % 2 })),
      {},
      undefined,
    ],
    ['no more than a third of what was looked at', askEvery(15 * minute, 49, still), {}, 4 * hour],
    ['no more than a day', askEvery(hour, 500, still), {}, day],
    [
      'nothing where each window is a point of history',
      askEvery(minute, 100, still),
      { keepsHistory: true },
      undefined,
    ],
    [
      'a quarter of what the API remembers at most',
      askEvery(hour, 500, still),
      { isIncremental: true, retentionMs: 13 * hour },
      3 * hour,
    ],
    [
      'nothing where it is asked no more often than the API forgets',
      askEvery(6 * hour, 500, still),
      { isIncremental: true, retentionMs: day },
      undefined,
    ],
    [
      'nothing where fresh answers spared the requests anyway',
      askEvery(minute, 100, () => ({ unchanged: 1, requests: 0 })),
      {},
      undefined,
    ],
    [
      'by windows that were committed',
      [
        ...askEvery(minute, 21, still),
        ...askEvery(minute, 9, () => ({ state: 'failed', scheduled_at: '2026-12-01T00:00:00Z' })),
      ],
      {},
      5 * minute,
    ],
    [
      'nothing by complete listings',
      askEvery(hour, 100, () => ({ unchanged: 1, complete_from: '2026-11-01T00:00:00Z' })),
      {},
      undefined,
    ],
    [
      'more often where a cursor never comes up to now',
      askEvery(hour, 30, () => ({ behind: 2 })),
      { isIncremental: true },
      30 * minute,
    ],
    [
      'nothing where it has come up at last',
      askEvery(hour, 30, (index) => ({ behind: index < 29 ? 2 : 0 })),
      { isIncremental: true },
      undefined,
    ],
    ['nothing where nothing can be behind', askEvery(hour, 30, () => ({ behind: 2 })), {}, undefined],
    [
      'nothing faster than a schedule can be',
      askEvery(minute, 30, () => ({ behind: 2 })),
      { isIncremental: true },
      undefined,
    ],
  ];
  for (const [what, windows, rhythm, everyMs] of table) {
    it(`suggests ${what}`, () => {
      expect(suggestCadence(windows, { ...entities, ...rhythm })?.everyMs).to.equal(everyMs);
    });
  }

  const intervals = fc.constantFrom(minute, 5 * minute, 15 * minute, hour);

  it('never suggests to ask less often than a steady source changes, nor as often as it is asked', () => {
    let suggested = 0;
    const run = (intervalMs: number, times: number, number: number) => {
      const everyMs = intervalMs * times;
      const found = suggestCadence(changing(everyMs, intervalMs, number), entities);
      if (found === undefined) return;
      suggested += 1;
      expect(found.everyMs).to.be.at.least(2 * intervalMs);
      // One change more or less falls into what was looked at.
      const seen = Math.floor(number / times);
      if (seen > 0) expect(found.everyMs).to.be.at.most(everyMs * (1 + 1 / seen));
    };
    fc.assert(
      fc.property(
        intervals,
        fc.double({ min: 1, max: 60, noNaN: true }),
        fc.integer({ min: 2, max: 300 }),
        run,
      ),
    );
    expect(suggested).to.be.greaterThan(10);
  });

  const shares = fc.array(fc.record({ unchanged: fc.nat(4), behind: fc.nat(1) }), {
    minLength: 15,
    maxLength: 60,
  });
  const windowsOf = (each: { unchanged: number; behind: number }[], intervalMs: number) =>
    askEvery(intervalMs, each.length, (index) => ({ responses: 4, requests: 4, ...each[index] }));

  it('says the same in whatever order the windows come', () => {
    fc.assert(
      fc.property(shares, intervals, fc.boolean(), (each, intervalMs, isIncremental) => {
        const windows = windowsOf(each, intervalMs);
        const rhythm = { ...entities, isIncremental };
        expect(suggestCadence(windows.toReversed(), rhythm)).to.deep.equal(suggestCadence(windows, rhythm));
      }),
    );
  });

  it('never suggests more requests because one response more was unchanged', () => {
    fc.assert(
      fc.property(shares, intervals, fc.nat(), (each, intervalMs, at) => {
        const index = 1 + (at % (each.length - 1));
        const more = each.map((one, number) =>
          number === index ? { ...one, unchanged: Math.min(4, one.unchanged + 1) } : one,
        );
        const [before, after] = [each, more].map((one) =>
          suggestCadence(windowsOf(one, intervalMs), entities),
        );
        expect(after?.everyMs ?? 0).to.be.at.least(before?.everyMs ?? 0);
      }),
    );
  });
});

const resource = (key: string[], more: object = {}) =>
  ({ table: { key }, child_tables: [], ...more }) as unknown as CompiledResource;

describe('rhythmOf', () => {
  const table: [what: string, resource: CompiledResource, keepsHistory: boolean][] = [
    ['entities', resource(['id']), false],
    ['a snapshot by its key', resource(['city', '_scheduled_at']), true],
    [
      'a snapshot by its event time',
      resource(['city'], { definitions: [{ event_time: '_scheduled_at' }] }),
      true,
    ],
    [
      'a series with a time of its own',
      resource(['city', 'time'], { definitions: [{ event_time: 'time' }] }),
      false,
    ],
    ['rows without a key', resource(['_object', '_line', '_row']), true],
    [
      'a child table without a key',
      resource(['id'], { child_tables: [{ key: ['_object', '_line', '_row'] }] }),
      true,
    ],
  ];
  for (const [what, given, keepsHistory] of table) {
    it(`${keepsHistory ? 'sees' : 'sees no'} history in ${what}`, () => {
      expect(rhythmOf(given)).to.deep.equal({ keepsHistory, isIncremental: false });
    });
  }

  it('knows what the API forgets', () => {
    expect(rhythmOf(resource(['id'], { incremental: incremental({ retention_ms: day }) }))).to.deep.equal({
      keepsHistory: false,
      isIncremental: true,
      retentionMs: day,
    });
  });
});
