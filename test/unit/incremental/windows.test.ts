import { expect } from 'chai';
import * as fc from 'fast-check';
import { cursorAfter, planWindows, type Window } from '../../../pipeline/incremental/windows.ts';
import type { Incremental } from '../../../pipeline/source/source.ts';
import { incremental, span } from '../../support/incremental.ts';

const now = new Date('2026-11-21T10:05:02.700Z');
const plan = (more: Partial<Incremental>, cursor?: string | number, at = now) =>
  planWindows(incremental(more), cursor, at);
const sent = (more: Partial<Incremental>, cursor?: string | number): [unknown, unknown][] =>
  [...plan(more, cursor).windows].map(({ values }) => [values.start_value, values.end_value]);
const hour = span({ ms: 3_600_000 });
const day = span({ days: 1 });

describe('planWindows', () => {
  const table: [
    what: string,
    more: Partial<Incremental>,
    cursor: string | number | undefined,
    [unknown, unknown][],
  ][] = [
    ['begins at initial_value', {}, undefined, [['2026-11-01T00:00:00Z', '2026-11-21T10:05:02Z']]],
    [
      'goes on at the cursor',
      {},
      '2026-11-21T10:00:00.000Z',
      [['2026-11-21T10:00:00Z', '2026-11-21T10:05:02Z']],
    ],
    [
      'takes no part of what the API sees as one',
      {},
      '2026-11-21T10:00:00.900Z',
      [['2026-11-21T10:00:00Z', '2026-11-21T10:05:02Z']],
    ],
    [
      'begins a span before the first fetch',
      { initial_value: { before: day } },
      undefined,
      [['2026-11-20T10:05:02Z', '2026-11-21T10:05:02Z']],
    ],
    [
      'looks back',
      { lookback: hour },
      '2026-11-21T10:00:00.000Z',
      [['2026-11-21T09:00:00Z', '2026-11-21T10:05:02Z']],
    ],
    [
      'does not look back before initial_value',
      { lookback: hour },
      '2026-11-01T00:30:00.000Z',
      [['2026-11-01T00:00:00Z', '2026-11-21T10:05:02Z']],
    ],
    [
      'does not look back at first',
      { lookback: hour },
      undefined,
      [['2026-11-01T00:00:00Z', '2026-11-21T10:05:02Z']],
    ],
    [
      'leaves the newest alone',
      { delay_ms: 600_000 },
      '2026-11-21T09:00:00.000Z',
      [['2026-11-21T09:00:00Z', '2026-11-21T09:55:02Z']],
    ],
    ['asks for nothing where nothing can be new', { delay_ms: 600_000 }, '2026-11-21T10:00:00.000Z', []],
    [
      'ends at end_value',
      { end_value: '2026-11-10T00:00:00Z' },
      undefined,
      [['2026-11-01T00:00:00Z', '2026-11-10T00:00:00Z']],
    ],
    [
      'asks for nothing after end_value',
      { end_value: '2026-11-10T00:00:00Z' },
      '2026-11-10T00:00:00.000Z',
      [],
    ],
    [
      'names the last moment that is included',
      { bounds: 'inclusive' },
      '2026-11-21T10:00:00.000Z',
      [['2026-11-21T10:00:00Z', '2026-11-21T10:05:01Z']],
    ],
    [
      'names the last moment that is not',
      { bounds: 'exclusive_start' },
      '2026-11-21T10:00:00.000Z',
      [['2026-11-21T09:59:59Z', '2026-11-21T10:05:01Z']],
    ],
    [
      'names whole days',
      { format: 'date', granularity: 86_400_000, bounds: 'inclusive' },
      '2026-11-18T00:00:00.000Z',
      [['2026-11-18', '2026-11-20']],
    ],
    ['counts in seconds', { format: 's' }, '2026-11-21T10:00:00.000Z', [[1795255200, 1795255502]]],
    [
      'counts in milliseconds',
      { format: 'ms', granularity: 1 },
      '2026-11-21T10:00:00.000Z',
      [[1795255200000, 1795255502700]],
    ],
    [
      'writes what strftime says',
      { format: '%d.%m.%Y %H:%M' },
      '2026-11-21T10:00:00.000Z',
      [['21.11.2026 10:00', '21.11.2026 10:05']],
    ],
    [
      'goes by steps',
      { step: day },
      '2026-11-19T00:00:00.000Z',
      [
        ['2026-11-19T00:00:00Z', '2026-11-20T00:00:00Z'],
        ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'],
        ['2026-11-21T00:00:00Z', '2026-11-21T10:05:02Z'],
      ],
    ],
    [
      'goes by the months of the calendar',
      {
        step: span({ months: 1 }),
        initial_value: { at: '2026-08-31T00:00:00Z' },
        format: 'date',
        granularity: 86_400_000,
      },
      undefined,
      [
        ['2026-08-31', '2026-09-30'],
        ['2026-09-30', '2026-10-31'],
        ['2026-10-31', '2026-11-21'],
      ],
    ],
    [
      'looks back in steps no longer than any',
      { step: day, lookback: day },
      '2026-11-21T00:00:00.000Z',
      [
        ['2026-11-20T00:00:00Z', '2026-11-21T00:00:00Z'],
        ['2026-11-21T00:00:00Z', '2026-11-21T10:05:02Z'],
      ],
    ],
    [
      'goes on after a number',
      { cursor_type: 'number', initial_value: { at: 0 }, granularity: 1 },
      17,
      [[17, null]],
    ],
    [
      'looks back by a number',
      { cursor_type: 'number', initial_value: { at: 0 }, granularity: 1, lookback: 10 },
      17,
      [[7, null]],
    ],
    [
      'does not look back before the first number',
      { cursor_type: 'number', initial_value: { at: 5 }, granularity: 1, lookback: 20 },
      17,
      [[5, null]],
    ],
    [
      'names the number before',
      { cursor_type: 'number', initial_value: { at: 0 }, granularity: 1, bounds: 'exclusive_start' },
      17,
      [[16, null]],
    ],
    [
      'ends at a number',
      { cursor_type: 'number', initial_value: { at: 0 }, granularity: 1, end_value: 20, bounds: 'inclusive' },
      17,
      [[17, 19]],
    ],
    ['goes on after a text', { cursor_type: 'text', initial_value: { at: 'a' } }, 'm', [['m', null]]],
  ];
  for (const [what, more, cursor, windows] of table) {
    it(what, () => {
      expect(sent(more, cursor)).to.deep.equal(windows);
    });
  }

  it('tells the templates of the first value and the last one too', () => {
    const [window] = [...plan({ lookback: hour }, '2026-11-21T10:00:00.000Z').windows];
    expect(window?.values).to.include({
      initial_value: '2026-11-01T00:00:00Z',
      last_value: '2026-11-21T10:00:00Z',
    });
  });

  it('begins where the API still knows, and says what it does not', () => {
    const { windows, gap } = plan({ retention_ms: 86_400_000 }, '2026-11-15T00:00:00.000Z');
    expect([...windows].map(({ values }) => values.start_value)).to.deep.equal(['2026-11-20T10:05:03Z']);
    expect(gap).to.deep.equal({ from: '2026-11-15T00:00:00Z', to: '2026-11-20T10:05:03Z' });
  });

  it('finds no gap before the first fetch, nor in what it only looks back to', () => {
    expect(plan({ retention_ms: 86_400_000 })).to.not.have.property('gap');
    const recent = plan(
      { retention_ms: 86_400_000, lookback: span({ days: 7 }) },
      '2026-11-21T00:00:00.000Z',
    );
    expect(recent).to.not.have.property('gap');
    expect([...recent.windows][0]?.values.start_value).to.equal('2026-11-20T10:05:03Z');
  });

  it('covers every moment once, from the cursor to now, whatever the step', () => {
    const step = fc.record({
      months: fc.integer({ min: 0, max: 3 }),
      days: fc.integer({ min: 0, max: 40 }),
      ms: fc.integer({ min: 1, max: 90_000 }).map((seconds) => seconds * 1000),
    });
    fc.assert(
      fc.property(
        step,
        fc.date({ min: new Date('2024-01-01'), max: now, noInvalidDate: true }),
        (length, from) => {
          const cursor = new Date(Math.floor(from.getTime() / 1000) * 1000).toISOString();
          const planned = plan({ step: length, initial_value: { at: '2023-01-01' } }, cursor).windows;
          const windows = firstOf(planned, 500);
          expect(windows[0]?.start ?? Date.parse(cursor)).to.equal(Date.parse(cursor));
          for (const [index, window] of windows.entries()) {
            expect(window.end).to.be.greaterThan(window.start as number);
            if (index > 0) expect(window.start).to.equal(windows[index - 1]?.end);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

function november(more: Partial<Window> = {}): Window {
  return {
    start: Date.parse('2026-11-01T00:00:00Z'),
    end: Date.parse('2026-11-21T00:00:00Z'),
    isLast: false,
    values: { start_value: '', end_value: '', initial_value: '', last_value: '' },
    ...more,
  };
}

function after(
  more: Partial<Incremental>,
  seen: { cursor?: string; greatest?: string; window?: Partial<Window> },
) {
  return cursorAfter(incremental(more), {
    cursor: seen.cursor,
    greatest: seen.greatest,
    window: november(seen.window),
  });
}

describe('cursorAfter', () => {
  for (const [what, more, seen, expected] of [
    ['is the greatest value seen', {}, { greatest: '2026-11-20T00:00:00Z' }, '2026-11-20T00:00:00.000Z'],
    ['stays where nothing was seen', {}, { cursor: '2026-11-02T00:00:00.000Z' }, '2026-11-02T00:00:00.000Z'],
    ['stays unset where nothing was ever seen', {}, {}, undefined],
    [
      'never goes back',
      {},
      { cursor: '2026-11-20T00:00:00.000Z', greatest: '2026-11-19T00:00:00Z' },
      '2026-11-20T00:00:00.000Z',
    ],
    [
      'does not pass the end of the window',
      {},
      { greatest: '2099-01-01T00:00:00Z' },
      '2026-11-21T00:00:00.000Z',
    ],
    [
      'is the end of the window with a step',
      { step: day },
      { greatest: '2026-11-02T00:00:00Z' },
      '2026-11-21T00:00:00.000Z',
    ],
    ['is end_value, once that is reached', {}, { window: { isLast: true } }, '2026-11-21T00:00:00.000Z'],
    [
      'stays when a step looked back',
      { step: day },
      { cursor: '2026-12-01T00:00:00.000Z' },
      '2026-12-01T00:00:00.000Z',
    ],
  ] as const) {
    it(what, () => {
      expect(after(more, seen)).to.equal(expected);
    });
  }
});

function firstOf<Item>(items: Iterable<Item>, most: number): Item[] {
  const first: Item[] = [];
  for (const item of items) {
    if (first.push(item) === most) break;
  }
  return first;
}
