import { expect } from 'chai';
import { addSpan } from '../../../pipeline/incremental/add-span.ts';
import { explainTimeFormat, formatTime } from '../../../pipeline/incremental/format-time.ts';
import { span } from '../../support/incremental.ts';

const at = Date.parse('2026-02-03T14:05:06.078Z');

describe('formatTime', () => {
  for (const [format, text] of [
    ['iso', '2026-02-03T14:05:06.078Z'],
    ['date', '2026-02-03'],
    ['s', 1770127506],
    ['ms', 1770127506078],
    ['%Y-%m-%dT%H:%M:%S.%f%z', '2026-02-03T14:05:06.078000+0000'],
    ['%Y%j', '2026034'],
    ['%a, %d %b %y %I:%M %p', 'Tue, 03 Feb 26 02:05 PM'],
    ['%A %B', 'Tuesday February'],
    ['%F %T %Z %s %%', '2026-02-03 14:05:06 UTC 1770127506 %'],
  ] as const) {
    it(`writes ${format}`, () => {
      expect(formatTime(at, format)).to.equal(text);
      expect(explainTimeFormat(format)).to.equal(undefined);
    });
  }
  it('leaves out milliseconds that are none', () => {
    expect(formatTime(Date.parse('2026-02-03T14:05:06Z'), 'iso')).to.equal('2026-02-03T14:05:06Z');
  });
  it('explains what is no format', () => {
    expect(explainTimeFormat('%Y-%q')).to.match(/^'%q' is no letter of strftime/);
    expect(explainTimeFormat('YYYY')).to.match(/^'YYYY' is none of iso, date, s, ms/);
    expect(explainTimeFormat('%')).to.match(/^'%' is no letter/);
  });
});

describe('addSpan', () => {
  for (const [from, length, count, to] of [
    ['2026-01-31T12:00:00Z', { months: 1 }, 1, '2026-02-28T12:00:00Z'],
    ['2024-01-31T12:00:00Z', { months: 1 }, 1, '2024-02-29T12:00:00Z'],
    ['2026-01-31T12:00:00Z', { months: 1 }, 2, '2026-03-31T12:00:00Z'],
    ['2026-03-31T00:00:00Z', { months: 1 }, -1, '2026-02-28T00:00:00Z'],
    ['2026-11-30T00:00:00Z', { months: 3, days: 1, ms: 1000 }, 1, '2027-03-01T00:00:01Z'],
    ['2026-03-29T00:30:00Z', { days: 1 }, 1, '2026-03-30T00:30:00Z'],
  ] as const) {
    it(`makes of ${from} and ${count} times ${JSON.stringify(length)} ${to}`, () => {
      expect(new Date(addSpan(Date.parse(from), span(length), count)).toISOString()).to.equal(
        to.replace('Z', '.000Z'),
      );
    });
  }
});
