import type { DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { placesSql } from '../../../pipeline/table/places-sql.ts';
import { quoteText } from '../../../pipeline/table/quote.ts';
import { lineageColumns, type Column } from '../../../pipeline/table/table-spec.ts';
import { tombstonesSql } from '../../../pipeline/table/tombstones-sql.ts';
import { winnersSql } from '../../../pipeline/table/winners-sql.ts';
import { openDuck, readTexts } from '../../support/duck.ts';

const table = {
  columns: [
    { name: `it's "an id"`, type: 'decimal(9,2)' },
    { name: 'day', type: 'date' },
    { name: 'version', type: 'bigint' },
    { name: 'note', type: 'varchar' },
    ...lineageColumns,
  ] satisfies Column[],
  key: [`it's "an id"`, 'day'],
  order_by: ['version', 'day'],
};
const id = `"it's ""an id"""`;
const lineage = (second: number, object = 'raw/a'): string =>
  `NULL AS "_extra", TIMESTAMP '2026-11-21 10:00:00' AS "_scheduled_at", TIMESTAMP '2026-11-21 10:00:0${second}' AS "_fetched_at", '${object}' AS "_object", 7 AS "_line", 0 AS "_row"`;
const row = (key: string, version: string, second = 5): string =>
  `SELECT ${key}::DECIMAL(9,2) AS ${id}, DATE '2026-11-21' AS "day", ${version}::BIGINT AS "version", 'note' AS "note", ${lineage(second)}`;

describe('the places of a file', () => {
  let duck: DuckDBConnection;

  beforeEach(async () => {
    duck = await openDuck();
    await see({ stored: `${row('1.50', '3')} UNION ALL ${row('2.50', 'NULL', 9)}` });
  });
  afterEach(() => {
    duck.closeSync();
  });

  it('are the keys and ranks of its rows', async () => {
    expect(await places({ deletes: false, marks: false })).to.deep.equal([
      place('1.50', '3', '05'),
      place('2.50', null, '09'),
    ]);
  });

  it('are those of its tombstones as well', async () => {
    await duck.run(`CREATE TABLE merged AS ${row('7.25', '4')}`);
    await duck.run('ALTER TABLE merged ADD COLUMN _deleted BOOLEAN DEFAULT true');
    const [tombstones] = await readTexts(duck, tombstonesSql(table));
    await see({ stored: row('1.50', '3'), tombstones: tombstones?.['text'] ?? '' });
    const found = [place('1.50', '3', '05'), place('7.25', '4', '05')];
    expect(await places({ deletes: true, marks: false })).to.deep.equal(found);
    expect(await places({ deletes: true, marks: true })).to.deep.equal(found);
    await see({ mark: '2026-11-21 10:00:06' });
    expect(await places({ deletes: true, marks: true })).to.deep.equal([]);
  });

  it('do not count when they were fetched before the mark', async () => {
    await see({ mark: '2026-11-21 10:00:09' });
    expect(await places({ deletes: false, marks: true })).to.deep.equal([place('2.50', null, '09')]);
    await see({});
    expect(await places({ deletes: false, marks: true })).to.have.length(2);
  });

  it('have no value for a column that was added after the file was written', async () => {
    await see({ stored: `SELECT * EXCLUDE ("version") FROM (${row('1.50', '3')})` });
    expect(await places({ deletes: false, marks: false })).to.deep.equal([place('1.50', null, '05')]);
  });

  it('are none where nothing is stored', async () => {
    await see({ stored: `SELECT * FROM (${row('1.50', '3')}) WHERE false` });
    expect(await places({ deletes: true, marks: true })).to.deep.equal([]);
  });

  async function places(options: { deletes: boolean; marks: boolean }): Promise<unknown> {
    return readTexts(duck, `${placesSql({ ...table, ...options })} ORDER BY ${id}`);
  }

  /** What the file and the manifest say; what is not given is as it was, but for the mark. */
  async function see(views: { stored?: string; tombstones?: string; mark?: string }): Promise<void> {
    const { stored, tombstones, mark } = views;
    if (stored !== undefined) await duck.run(`CREATE OR REPLACE VIEW stored AS ${stored}`);
    const text = tombstones === undefined ? `'' WHERE false` : quoteText(tombstones);
    await duck.run(
      `CREATE ${tombstones === undefined ? 'VIEW IF NOT EXISTS' : 'OR REPLACE VIEW'} tombstones(text) AS SELECT ${text}`,
    );
    const at = mark === undefined ? 'NULL::TIMESTAMP WHERE false' : `TIMESTAMP '${mark}'`;
    await duck.run(`CREATE OR REPLACE VIEW mark("at") AS SELECT ${at}`);
  }
});

function place(key: string, version: string | null, second: string): Record<string, string | null> {
  return {
    [`it's "an id"`]: key,
    day: '2026-11-21',
    version,
    _fetched_at: `2026-11-21 10:00:${second}`,
    _object: 'raw/a',
    _line: '7',
    _row: '0',
  };
}

interface Candidate {
  key: number;
  version: number | null;
  second: number;
  line: number;
  incoming: boolean;
  file: string;
}

const candidate: fc.Arbitrary<Candidate> = fc.record({
  key: fc.integer({ min: 1, max: 3 }),
  version: fc.constantFrom(null, 1, 2),
  second: fc.integer({ min: 5, max: 6 }),
  line: fc.integer({ min: 0, max: 1 }),
  incoming: fc.boolean(),
  file: fc.constantFrom('year=2025/part-0.parquet', 'year=2026/part-0.parquet'),
});

describe('the winner of a key', function () {
  this.timeout(20_000);
  const ranked = {
    columns: [
      { name: 'key', type: 'bigint' },
      { name: 'version', type: 'bigint' },
      ...lineageColumns,
    ] satisfies Column[],
    key: ['key'],
    order_by: ['version'],
  };
  let duck: DuckDBConnection;

  before(async () => {
    duck = await openDuck();
  });
  after(() => {
    duck.closeSync();
  });

  it('is the last by the order of the table, whatever order the candidates come in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(candidate, { minLength: 1, maxLength: 8 }), async (candidates) => {
        const last = new Map<number, Candidate>();
        for (const one of candidates.toSorted((a, b) => compare(rank(a), rank(b)))) last.set(one.key, one);
        const expected = [...last].map(([key, { file }]) => ({ key: `${key}`, _file: file }));
        const sorted = expected.toSorted((a, b) => compare([a.key], [b.key]));
        expect(await winners(candidates)).to.deep.equal(sorted);
        expect(await winners(candidates.toReversed())).to.deep.equal(sorted);
      }),
      { numRuns: 60 },
    );
  });

  it('is the row that came in where it meets its stored self in another file', async () => {
    const stored = {
      key: 1,
      version: null,
      second: 5,
      line: 0,
      incoming: false,
      file: 'year=2026/part-0.parquet',
    };
    const again = { ...stored, incoming: true, file: 'year=2025/part-0.parquet' };
    expect(await winners([again, stored])).to.deep.equal([{ key: '1', _file: again.file }]);
  });

  async function winners(candidates: Candidate[]): Promise<unknown> {
    const rows = candidates.map(
      ({ key, version, second, line, incoming, file }) =>
        `(${key}::BIGINT, ${version ?? 'NULL'}::BIGINT, TIMESTAMP '2026-11-21 10:00:0${second}', 'raw/a', ${line}::BIGINT, 0::BIGINT, '${file}', ${incoming})`,
    );
    const names = '"key", "version", "_fetched_at", "_object", "_line", "_row", "_file", "_incoming"';
    await duck.run(
      `CREATE OR REPLACE TABLE candidates AS SELECT * FROM (VALUES ${rows.join(', ')}) AS t(${names})`,
    );
    return readTexts(duck, `${winnersSql(ranked)} ORDER BY "key"`);
  }
});

function rank({ version, second, line, incoming, file }: Candidate): (number | string)[] {
  return [version ?? 0, second, line, incoming ? 1 : 0, file];
}

function compare(one: (number | string)[], other: (number | string)[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  const [a = 0, b = 0] = [one[at], other[at]];
  if (at < 0 || a === b) return 0;
  return a < b ? -1 : 1;
}
