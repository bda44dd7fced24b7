import { expect } from 'chai';
import { decideWindow } from '../../../pipeline/ledger/decide-window.ts';
import type { WindowItem } from '../../../pipeline/ledger/items.ts';

const now = new Date('2026-11-21T10:05:02Z');
const minute = 60_000;
const hour = 60 * minute;

/** Whether the window of 10:05 is taken when the last one is that of the given time. */
function isTaken(last: string | undefined, everyMs: number | undefined): boolean {
  const window = { ...(last !== undefined && { last_committed_at: last }) } as WindowItem;
  const id = { resource: 'weather', slice: 'all', scheduledAt: '2026-11-21T10:05:00Z' };
  return decideWindow({ window }, { id, asked: id.scheduledAt, everyMs, request: 'r', now }).take;
}

describe('decideWindow', () => {
  const cases: [what: string, last: string | undefined, everyMs: number | undefined, taken: boolean][] = [
    ['the first one', undefined, hour, true],
    ['at every beat', '2026-11-21T10:04:59Z', undefined, true],
    ['an hour later', '2026-11-21T09:05:00Z', hour, true],
    ['long overdue', '2026-11-20T09:05:00Z', hour, true],
    ['half an hour later', '2026-11-21T09:35:00Z', hour, false],
    ['an hour later, but for a straying minute', '2026-11-21T09:06:00Z', hour, true],
    ['an hour later, but for more than a minute', '2026-11-21T09:06:01Z', hour, false],
    ['a minute later, but for six straying seconds', '2026-11-21T10:04:06Z', minute, true],
    ['a minute later, but for seven seconds', '2026-11-21T10:04:07Z', minute, false],
    ['a day later', '2026-11-20T10:05:30Z', 24 * hour, true],
    ['the same one', '2026-11-21T10:05:00Z', undefined, false],
    ['an older one', '2026-11-21T10:06:00Z', undefined, false],
  ];
  for (const [what, last, everyMs, taken] of cases) {
    it(`${taken ? 'takes' : 'leaves'} ${what}`, () => {
      expect(isTaken(last, everyMs)).to.equal(taken);
    });
  }

  it('takes the first window of a resource that the ledger does not know', () => {
    const id = { resource: 'weather', slice: 'all', scheduledAt: '2026-11-21T10:05:00Z' };
    expect(decideWindow({}, { id, asked: id.scheduledAt, everyMs: hour, request: 'r', now })).to.deep.equal({
      take: true,
      attempt: 1,
      from: undefined,
    });
  });
});
