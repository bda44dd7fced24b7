import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import { openDuck, readTexts } from '../../support/duck.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import type { GoldenLine } from '../../support/golden-case.ts';
import { loadLines } from '../../support/load-lines.ts';

const definition: TableDefinition = {
  name: 'readings',
  data_selector: '$',
  shape: 'list',
  columns: [
    { name: 'id', type: 'varchar', from: { record: '$.id' } },
    { name: 'at', type: 'timestamp', from: { record: '$.at' }, unit: 's' },
    { name: 'version', type: 'bigint', from: { record: '$.version' } },
    { name: 'value', type: 'double', from: { record: '$.value' } },
  ],
  primary_key: ['id', 'at'],
  event_time: 'at',
  partition_by: 'hour',
  first_year: 2000,
  files_per_partition: 2,
  order_by: ['version'],
};
/** The same table, and one whose rows may remove others. */
const tables = [
  { about: 'that stay', spec: compileTable(definition) },
  {
    about: 'of which some remove their key',
    spec: compileTable({ ...definition, delete_when: 'value < 0' }),
  },
];

interface Reading {
  id: string;
  at: number;
  version: number | null;
  value: number;
}

/** Few keys, versions and times, so that rows meet and tie. */
const reading: fc.Arbitrary<Reading> = fc.record({
  id: fc.constantFrom('a', 'b', 'é'),
  at: fc.constantFrom(1_795_255_200, 1_795_255_201, 1_795_258_800),
  version: fc.constantFrom(null, 1, 2),
  value: fc.constantFrom(0, -0, 1.5, 14, -5.6),
});
const answer = fc.record({
  second: fc.constantFrom('05', '06'),
  readings: fc.array(reading, { maxLength: 6 }),
});
/** Raw lines, one object each two; then two ways to group them into loads, each in an order of its own. */
const history = fc
  .array(answer, { minLength: 1, maxLength: 8 })
  .map((answers) =>
    answers.map(({ second, readings }, index): GoldenLine => ({
      object: `raw/${Math.floor(index / 2)}`,
      line: index % 2,
      text: JSON.stringify({
        v: 1,
        scheduled_at: '2026-11-21T10:00:00Z',
        fetched_at: `2026-11-21T10:00:${second}.000Z`,
        request: { for: {} },
        body: readings,
      }),
    })),
  )
  .chain((lines) => fc.tuple(fc.constant(lines), grouping(lines), grouping(lines)));

/** Every line in some load; some in two, as when a raw object is processed again. */
function grouping(lines: GoldenLine[]): fc.Arbitrary<GoldenLine[][]> {
  const again = fc.subarray(lines);
  return fc
    .tuple(
      fc.shuffledSubarray(lines, { minLength: lines.length }),
      again,
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: lines.length * 2, maxLength: lines.length * 2 }),
    )
    .map(([order, extra, loads]) => {
      const groups: GoldenLine[][] = [[], [], []];
      for (const [index, line] of [...order, ...extra].entries()) groups[loads[index] ?? 0]?.push(line);
      return groups;
    });
}

for (const { about, spec } of tables)
  describe(`loads of the same raw rows, ${about},`, function () {
    this.timeout(30_000);
    let duck: DuckDBConnection;
    let folder: string;

    before(async () => {
      duck = await openDuck();
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'loads-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it('give the same bytes, however the rows are grouped and ordered', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ([, first, second]) => {
          expect(await loadAll(first)).to.deep.equal(await loadAll(second));
        }),
        { numRuns: 10 },
      );
    });

    it('keep the last row of each key, and count every row once', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ([lines, groups]) => {
          const table = mkdtempSync(join(folder, 'table-'));
          let left = 0;
          for (const group of groups) {
            const counts = await loadLines(duck, { spec, folder: table }, group);
            const rows = group.reduce((sum, { text }) => sum + bodyOf(text).length, 0);
            expect(counts.inserted + counts.updated + counts.duplicate + counts.removed).to.equal(rows);
            expect(counts.duplicate).to.be.at.least(0);
            left += counts.inserted - counts.removed;
          }
          const winners = lastOfEachKey(lines, spec.tombstones_sql !== undefined);
          expect(left).to.equal(winners.length);
          expect(await readTable(table)).to.deep.equal(winners);
        }),
        { numRuns: 10 },
      );
    });

    it('write nothing when they come again', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ([lines]) => {
          const table = { spec, folder: mkdtempSync(join(folder, 'table-')) };
          await loadLines(duck, table, lines);
          const again = await loadLines(duck, table, lines.toReversed());
          expect(again).to.include({ inserted: 0, updated: 0, removed: 0, written: 0 });
        }),
        { numRuns: 5 },
      );
    });

    async function loadAll(groups: GoldenLine[][]): Promise<Record<string, string>> {
      const table = mkdtempSync(join(folder, 'table-'));
      for (const group of groups) await loadLines(duck, { spec, folder: table }, group);
      const files = readdirSync(table, { recursive: true, encoding: 'utf8' }).filter((file) =>
        file.endsWith('.parquet'),
      );
      return Object.fromEntries(
        files.map((file) => [
          file,
          createHash('sha256')
            .update(readFileSync(join(table, file)))
            .digest('hex'),
        ]),
      );
    }

    async function readTable(table: string): Promise<object[]> {
      if (readdirSync(table).length === 0) return [];
      return readTexts(
        duck,
        `SELECT id, epoch_us("at") // 1000000 AS "at", version, value, _object, _line, _row FROM read_parquet('${table}/**/*.parquet', hive_partitioning = false) ORDER BY id, "at"`,
      );
    }
  });

function bodyOf(text: string): Reading[] {
  return (JSON.parse(text) as { body: Reading[] }).body;
}

/** The rule of law 4, said a second time. */
function lastOfEachKey(lines: GoldenLine[], negativesDelete: boolean): object[] {
  const rows = lines.flatMap(({ object, line, text }) => {
    const { fetched_at } = JSON.parse(text) as { fetched_at: string };
    return bodyOf(text).map((body, row) => ({ ...body, fetched_at, object, line, row }));
  });
  const winners = new Map<string, (typeof rows)[number]>();
  for (const row of rows) {
    const key = `${row.id} ${row.at}`;
    const other = winners.get(key);
    if (!other || isLater(row, other)) winners.set(key, row);
  }
  return [...winners]
    .filter(([, { value }]) => !(negativesDelete && value < 0))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { id, at, version, value, object, line, row }]) => ({
      id,
      at: String(at),
      version: version === null ? null : String(version),
      value: Number.isInteger(value) ? `${value}.0` : String(value),
      _object: object,
      _line: String(line),
      _row: String(row),
    }));
}

type Ranked = Pick<Reading, 'version'> & { fetched_at: string; object: string; line: number; row: number };

function isLater(one: Ranked, other: Ranked): boolean {
  const terms = (row: Ranked) => [row.version ?? -1, row.fetched_at, row.object, row.line, row.row];
  const others = terms(other);
  const index = terms(one).findIndex((term, place) => term !== others[place]);
  return index >= 0 && (terms(one)[index] ?? 0) > (others[index] ?? 0);
}
