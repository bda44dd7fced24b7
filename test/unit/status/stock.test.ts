import { expect } from 'chai';
import { describeStock } from '../../../deploy/status/describe-stock.ts';
import { judgeStock } from '../../../deploy/status/judge-stock.ts';
import { readStock, type StockStatus, type StockTakenStatus } from '../../../deploy/status/read-stock.ts';
import type { StockItem } from '../../../pipeline/ledger/items.ts';
import { fakeDynamo } from '../../support/fake-dynamo.ts';

const now = new Date('2026-11-21T12:08:00Z');
const context = { now, logs: 'aws logs tail', markers: 'aws s3api' };

function taken(at: string, more: Partial<StockTakenStatus> = {}): StockTakenStatus {
  const none = { registered: 0, missing: 0, lost: 0, keys: [], hidden: 0, unnamed: 0, unnamedBytes: 0 };
  return { at, objects: 1200, ...none, ...more };
}

const fault = { at: '2026-11-21T12:00:00Z', error: 'Access Denied' };
const early = '2026-11-21T03:00:00Z';
const late = '2026-11-21T12:00:00Z';
const gone = { missing: 3, keys: ['raw/weather/a', 'raw/weather/b'] };

const cases: [
  what: string,
  status: StockStatus,
  state: string,
  words: RegExp,
  fix: string | undefined,
  lines: string[],
][] = [
  ['nothing yet', {}, 'OK', /^raw objects are not compared/, undefined, []],
  [
    'all well',
    { whole: taken(early), recent: taken(late, { objects: 48 }) },
    'OK',
    /^the bucket holds every raw object that the ledger names \(2026-11-21 12:00, 8 min ago\)$/,
    undefined,
    [
      'raw objects, all compared with the ledger 2026-11-21 03:00, 9 h ago: 1,200 objects, all there',
      'raw objects of the last two days 2026-11-21 12:00, 8 min ago: 48 objects, all there',
    ],
  ],
  [
    'a recent one from before the whole one',
    { whole: taken(late, { unnamed: 2, unnamedBytes: 2500 }), recent: taken(early) },
    'OK',
    /8 min ago/,
    undefined,
    [
      'raw objects, all compared with the ledger 2026-11-21 12:00, 8 min ago: 1,200 objects, all there · 2 objects of no window, 2.5 KB',
    ],
  ],
  [
    'gone, and loaded before',
    { whole: taken(early, gone), recent: taken(late, { registered: 2 }) },
    'WARN',
    /^3 raw objects gone from the bucket, such as raw\/weather\/a \(2026-11-21 03:00, 9 h ago\); loaded before/,
    'aws logs tail',
    [
      'raw objects, all compared with the ledger 2026-11-21 03:00, 9 h ago: 1,200 objects, 3 gone',
      'raw objects of the last two days 2026-11-21 12:00, 8 min ago: 1,200 objects, 2 put on the list late',
    ],
  ],
  [
    'gone before any load had it',
    { whole: taken(early), recent: taken(late, { ...gone, lost: 1 }) },
    'FAIL',
    /gone from the bucket, .* \(2026-11-21 12:00, 8 min ago\); 1 of them no load has had$/,
    'aws logs tail',
    [
      'raw objects, all compared with the ledger 2026-11-21 03:00, 9 h ago: 1,200 objects, all there',
      'raw objects of the last two days 2026-11-21 12:00, 8 min ago: 1,200 objects, 3 gone',
    ],
  ],
  [
    'deleted, and still to be had',
    { whole: taken(late, { hidden: 1 }) },
    'WARN',
    /^1 raw object deleted or overwritten .*30 days$/,
    'aws s3api',
    [
      'raw objects, all compared with the ledger 2026-11-21 12:00, 8 min ago: 1,200 objects, 1 deleted or overwritten',
    ],
  ],
  [
    'a comparison that does not go on',
    { fault },
    'WARN',
    /^raw objects cannot be compared with the ledger, 2026-11-21 12:00, 8 min ago: Access Denied$/,
    undefined,
    ['raw objects cannot be compared, 2026-11-21 12:00, 8 min ago: Access Denied'],
  ],
];

describe('raw objects compared with the ledger', () => {
  for (const [what, status, state, words, fix, lines] of cases) {
    it(`are judged and told of: ${what}`, () => {
      const check = judgeStock(status, context);
      expect(check).to.include({ group: 'source', name: 'raw', state });
      expect(check.what).to.match(words);
      expect(check.fix).to.equal(fix);
      expect(describeStock(status, now)).to.deep.equal(lines.length > 0 ? [lines.join('\n')] : []);
    });
  }

  it('are read from the ledger', async () => {
    const dynamo = fakeDynamo();
    const ledger = { table: 'ledger', dynamo };
    expect(await readStock(ledger)).to.deep.equal({});
    const item: StockItem = {
      pk: 'STOCK',
      sk: 'STOCK',
      version: 3,
      due: { recent: late, whole: late },
      whole: {
        since: early,
        ended: late,
        found: {
          objects: 1200,
          registered: 1,
          missing: 2,
          missing_keys: ['raw/weather/a', 'raw/weather/b'],
          lost: 1,
          hidden: 3,
          unnamed: 4,
          unnamed_bytes: 5,
        },
      },
      fault,
    };
    dynamo.put(item);
    const more = {
      registered: 1,
      missing: 2,
      lost: 1,
      keys: gone.keys,
      hidden: 3,
      unnamed: 4,
      unnamedBytes: 5,
    };
    expect(await readStock(ledger)).to.deep.equal({ whole: taken(early, more), fault });
  });
});
