import { expect } from 'chai';
import { planWindows, type Window } from '../../../pipeline/incremental/windows.ts';
import { watchRecords } from '../../../pipeline/incremental/watch-records.ts';
import type { Incremental } from '../../../pipeline/source/source.ts';
import { incremental } from '../../support/incremental.ts';

const from = '2026-11-20T00:00:00.000Z';
const record = (t: unknown) => ({ t });

function watch(more: Partial<Incremental>, records: unknown[]) {
  const form = incremental(more);
  const [window] = [...planWindows(form, from, new Date('2026-11-21T00:00:00Z')).windows];
  const watched = watchRecords(form, window as Window);
  for (const one of records) watched?.onRecord(one);
  return {
    greatest: watched?.greatest(),
    isPast: watched?.isPast(),
    kept: records.filter((one) => watched?.keep?.(one) ?? true),
  };
}

const older = record('2026-11-19T23:59:59Z');
const first = record('2026-11-20T00:00:00Z');
const later = record('2026-11-20T12:00:00Z');
const tooNew = record('2026-11-21T00:00:00Z');

describe('watchRecords', () => {
  it('has nothing to say without a cursor_path', () => {
    const form = incremental();
    const { cursor_path: _, ...without } = form;
    expect(watchRecords(without, { start: 0, isLast: false } as Window)).to.equal(undefined);
  });
  it('finds the greatest value, in whatever order', () => {
    expect(watch({}, [first, later, older]).greatest).to.equal('2026-11-20T12:00:00.000Z');
  });
  it('keeps the records of the window, where the API cannot choose them', () => {
    expect(watch({ client_side: true }, [older, first, later, tooNew]).kept).to.deep.equal([first, later]);
    expect(watch({}, [older, first, later, tooNew]).kept).to.have.length(4);
  });
  for (const [order, records, isPast] of [
    ['desc', [later, first], false],
    ['desc', [later, older], true],
    ['asc', [first, later], false],
    ['asc', [later, tooNew], true],
    ['none', [older, tooNew], false],
  ] as const) {
    it(`${isPast ? 'is' : 'is not'} past the window after ${records.map(({ t }) => String(t)).join(', ')} in order ${order}`, () => {
      expect(watch({ row_order: order }, [...records]).isPast).to.equal(isPast);
    });
  }
  for (const [what, value, said] of [
    ['no value', undefined, 'nothing at cursor_path $.t'],
    ['null', null, 'nothing at cursor_path $.t'],
    ['another value', 'soon', '"soon", which is no ISO 8601 time to rely on at cursor_path $.t'],
  ] as const) {
    it(`raises, includes or excludes a record with ${what}`, () => {
      expect(() => watch({}, [record(value)])).to.throw(said);
      expect(
        watch({ on_cursor_value_missing: 'include', client_side: true }, [record(value)]).kept,
      ).to.have.length(1);
      expect(watch({ on_cursor_value_missing: 'exclude' }, [record(value), first]).kept).to.deep.equal([
        first,
      ]);
    });
  }
});
