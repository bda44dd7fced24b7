import { expect } from 'chai';
import { retryAfterMs } from '../../../pipeline/http/retry-after.ts';

const now = new Date('2026-11-21T10:05:00Z');

const cases: [what: string, headers: Record<string, string>, expected: number | undefined][] = [
  ['nothing', {}, undefined],
  ['seconds', { 'retry-after': '120' }, 120_000],
  ['no seconds', { 'retry-after': '0' }, 0],
  ['parts of a second', { 'retry-after': ' 1.5 ' }, 1500],
  ['a quarter of an hour, not clamped', { 'retry-after': '900' }, 900_000],
  ['a date', { 'retry-after': 'Sat, 21 Nov 2026 10:05:30 GMT' }, 30_000],
  ['a date of RFC 850', { 'retry-after': 'Saturday, 21-Nov-26 10:05:30 GMT' }, 30_000],
  ['a date in the past', { 'retry-after': 'Sat, 21 Nov 2026 10:04:00 GMT' }, 0],
  [
    'a date, by a clock that is ten minutes ahead of ours',
    { 'retry-after': 'Sat, 21 Nov 2026 10:15:30 GMT', date: 'Sat, 21 Nov 2026 10:15:00 GMT' },
    30_000,
  ],
  [
    'a date beside an unreadable clock',
    { 'retry-after': 'Sat, 21 Nov 2026 10:05:30 GMT', date: 'x' },
    30_000,
  ],
  ['less than nothing', { 'retry-after': '-1' }, undefined],
  ['words', { 'retry-after': 'soon' }, undefined],
  ['an empty text', { 'retry-after': '' }, undefined],
];

describe('retryAfterMs', () => {
  for (const [what, headers, expected] of cases) {
    it(`reads ${what}`, () => {
      expect(retryAfterMs(headers, now)).to.equal(expected);
    });
  }
});
