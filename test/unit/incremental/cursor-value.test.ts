import { expect } from 'chai';
import {
  greaterCursor,
  loadCursor,
  readCursor,
  storeCursor,
} from '../../../pipeline/incremental/cursor-value.ts';

const time = { cursor_type: 'time', cursor_unit: 'iso' } as const;
const seconds = { cursor_type: 'time', cursor_unit: 's' } as const;
const number = { cursor_type: 'number', cursor_unit: 'iso' } as const;
const text = { cursor_type: 'text', cursor_unit: 'iso' } as const;
const at = Date.parse('2026-11-21T10:05:02.123Z');

describe('readCursor', () => {
  for (const value of [
    '2026-11-21T10:05:02.123Z',
    '2026-11-21T10:05:02.123999Z',
    '2026-11-21 10:05:02.123',
    '2026-11-21T10:05:02.123',
    '2026-11-21T11:05:02.123+01:00',
    '2026-11-21T05:35:02.123-0430',
    '2026-11-21 10:05:02.123 UTC',
  ]) {
    it(`reads ${value}, in UTC where it says nothing`, () => {
      expect(readCursor(value, time)).to.equal(at);
    });
  }
  it('reads days and minutes', () => {
    expect(readCursor('2026-11-21', time)).to.equal(Date.parse('2026-11-21T00:00:00Z'));
    expect(readCursor('2026-11-21T10:05', time)).to.equal(Date.parse('2026-11-21T10:05:00Z'));
  });
  it('reads seconds, never late', () => {
    expect(readCursor(1795255502.1239, seconds)).to.equal(1795255502123);
    expect(readCursor('1795255502', seconds)).to.equal(1795255502000);
  });
  it('reads numbers and texts', () => {
    expect([
      readCursor(17, number),
      readCursor('17', number),
      readCursor(17, text),
      readCursor('b', text),
    ]).to.deep.equal([17, 17, '17', 'b']);
  });
  for (const [value, form] of [
    ['yesterday', time],
    [1795255502, time],
    ['2026-13-41', time],
    [null, time],
    ['', number],
    ['x', number],
    [Infinity, number],
    // Its last digits are lost already.
    [2 ** 53 + 2, number],
    ['12345678901234567890', number],
    [null, text],
    [{}, text],
  ] as const) {
    it(`takes ${JSON.stringify(value)} for no ${form.cursor_type}`, () => {
      expect(readCursor(value, form)).to.equal(undefined);
    });
  }
});

describe('a stored cursor', () => {
  it('is read back as it was', () => {
    expect(loadCursor(storeCursor(at, time), time)).to.equal(at);
    expect(loadCursor(storeCursor(17, number), number)).to.equal(17);
    expect(storeCursor(at, time)).to.equal('2026-11-21T10:05:02.123Z');
  });
  it('that is no value of its type is refused', () => {
    expect(() => loadCursor('soon', time)).to.throw("the cursor 'soon' is no time: set cursor_type back");
  });
});

describe('greaterCursor', () => {
  it('compares numbers by size and texts by their letters', () => {
    expect(greaterCursor(9, 10)).to.equal(10);
    expect(greaterCursor('9', '10')).to.equal('9');
    expect(greaterCursor(undefined, 1)).to.equal(1);
    expect(greaterCursor(1, undefined)).to.equal(1);
  });
});
