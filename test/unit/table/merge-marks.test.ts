import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { compileTable } from '../../../pipeline/table/compile-table.ts';
import type { TableDefinition } from '../../../pipeline/table/table-definition.ts';
import type { TableSpec } from '../../../pipeline/table/table-spec.ts';
import { openDuck, readTexts } from '../../support/duck.ts';
import type { GoldenLine } from '../../support/golden-case.ts';
import { listFiles, loadLines, type LoadOptions } from '../../support/load-lines.ts';
import { column, tableDefinition } from '../../support/table-definition.ts';

const definition: TableDefinition = tableDefinition({
  shape: 'list',
  columns: [column('id', 'varchar'), column('day', 'date'), column('version', 'bigint')],
  primary_key: ['id', 'day'],
  event_time: 'day',
  partition_by: 'month',
  marked: true,
  delete_when: 'version = 3',
});
const tables = [
  { about: 'that was fetched last wins', spec: compileTable(definition) },
  { about: 'of the highest version wins', spec: compileTable({ ...definition, order_by: ['version'] }) },
];

interface Row {
  id: string;
  day: string;
  version: number | null;
}
interface Answer {
  second: number;
  rows: Row[];
}

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.constantFrom('a', 'b'),
  day: fc.constantFrom('2026-10-01', '2026-11-01'),
  version: fc.constantFrom(null, 1, 2, 3),
});
const second = fc.integer({ min: 0, max: 6 });
/** Answers, each in one of seven loads (and in one of others); marks that rise, and the loads that bring them. */
const history = fc
  .array(fc.record({ second, rows: fc.array(row, { minLength: 1, maxLength: 6 }) }), {
    minLength: 3,
    maxLength: 8,
  })
  .chain((answers) =>
    fc.record({
      answers: fc.constant(answers),
      marks: fc
        .uniqueArray(second, { minLength: 1, maxLength: 2 })
        .map((seconds) => seconds.toSorted((one, other) => one - other)),
      loads: fc.array(second, { minLength: answers.length, maxLength: answers.length }),
      others: fc.array(second, { minLength: answers.length, maxLength: answers.length }),
      sweeps: fc.tuple(second, second),
    }),
  );

for (const { about, spec } of tables) {
  describe(`a table with marks, in which the row ${about},`, function () {
    this.timeout(30_000);
    let duck: DuckDBConnection;
    let folder: string;

    before(async () => {
      duck = await openDuck();
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'marks-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it('has the winners of the rows that were fetched at the mark or later, whatever came when', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ answers, marks, loads, others, sweeps }) => {
          const one = await loadAll(answers, { loads, marks, sweeps: sweeps.toSorted() });
          const other = await loadAll(answers, { loads: others, marks, sweeps: sweeps.toSorted() });
          expect(await readTable(one)).to.deep.equal(winnersOf(answers, marks.at(-1) ?? 0, spec));
          expect(hashFiles(one)).to.deep.equal(hashFiles(other));
        }),
        { numRuns: 6 },
      );
    });

    it('counts every row once, and every row that leaves', async () => {
      await fc.assert(
        fc.asyncProperty(history, async ({ answers, marks: [mark = 0], loads }) => {
          const table = mkdtempSync(join(folder, 'table-'));
          let stored = 0;
          for (const [number, lines] of groupsOf(answers, loads).entries()) {
            const options = number < 3 ? {} : { mark: timeOf(mark), sweep: number === 3 };
            const counts = await loadLines(duck, { spec, folder: table }, lines, options);
            const deleted = counts.removed - counts.vanished;
            expect(counts.inserted + counts.updated + counts.duplicate + deleted).to.equal(rowsIn(lines));
            expect(counts.duplicate).to.be.at.least(0);
            expect(number < 3 ? counts.vanished : 0).to.equal(0);
            stored += counts.inserted - counts.removed;
          }
          expect(await readTable(table)).to.have.length(stored);
        }),
        { numRuns: 5 },
      );
    });

    /** `loads`: of each answer; `sweeps`: the load that brings each mark. */
    async function loadAll(
      answers: Answer[],
      { loads, marks, sweeps }: { loads: number[]; marks: number[]; sweeps: number[] },
    ): Promise<string> {
      const table = mkdtempSync(join(folder, 'table-'));
      for (const [number, lines] of groupsOf(answers, loads).entries()) {
        const mark = marks[Math.min(sweeps.filter((at) => at <= number).length, marks.length) - 1];
        const sweep = sweeps.includes(number);
        const options: LoadOptions = mark === undefined ? {} : { mark: timeOf(mark), sweep };
        const again = linesOf(answers, (answer, place) => {
          const isLoaded = (loads[place] ?? 0) < number && answer.second >= (mark ?? 0);
          // What has lost to rows that no longer count must come again.
          return sweep && isLoaded && spec.relists === true;
        });
        await loadLines(duck, { spec, folder: table }, [...lines, ...again], options);
      }
      return table;
    }

    async function readTable(table: string): Promise<object[]> {
      if (listFiles(table).length === 0) return [];
      const files = `read_parquet('${table}/**/*.parquet', hive_partitioning = false)`;
      return readTexts(duck, `SELECT id, day, version, _object, _row FROM ${files} ORDER BY id, day`);
    }
  });
}

type Placed = Row & { second: number; answer: number; row: number };

function placesOf(answers: Answer[]): Placed[] {
  return answers.flatMap((answer, number) =>
    answer.rows.map((one, place) => ({ ...one, second: answer.second, answer: number, row: place })),
  );
}

/** The rule, said a second time. */
function winnersOf(answers: Answer[], mark: number, { relists }: TableSpec): object[] {
  const rank = (one: Placed): string =>
    [
      relists === true ? (one.version ?? 0) : 0,
      one.second,
      String(one.answer).padStart(2, '0'),
      one.row,
    ].join();
  const winners = new Map<string, Placed>();
  for (const one of placesOf(answers).filter((placed) => placed.second >= mark)) {
    const other = winners.get(`${one.id} ${one.day}`);
    if (!other || rank(one) > rank(other)) winners.set(`${one.id} ${one.day}`, one);
  }
  return [...winners]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .filter(([, { version }]) => version !== 3)
    .map(([, { id, day, version, answer, row: place }]) => ({
      id,
      day,
      version: version === null ? null : String(version),
      _object: objectOf(answer),
      _row: String(place),
    }));
}

function groupsOf(answers: Answer[], loads: number[]): GoldenLine[][] {
  return Array.from({ length: 7 }, (_, load) =>
    linesOf(answers, (_answer, number) => loads[number] === load),
  );
}

function linesOf(answers: Answer[], isWanted: (answer: Answer, number: number) => boolean): GoldenLine[] {
  return answers.flatMap((answer, number) => (isWanted(answer, number) ? [lineOf(answer, number)] : []));
}

function lineOf(answer: Answer, number: number): GoldenLine {
  const text = JSON.stringify({
    v: 1,
    scheduled_at: '2026-11-21T10:00:00Z',
    fetched_at: timeOf(answer.second),
    request: { for: {} },
    body: answer.rows,
  });
  return { object: objectOf(number), line: 0, text };
}

function rowsIn(lines: GoldenLine[]): number {
  return lines.reduce((sum, { text }) => sum + (JSON.parse(text) as { body: Row[] }).body.length, 0);
}

function timeOf(at: number): string {
  return `2026-11-21T10:00:0${at}.000Z`;
}

function objectOf(answer: number): string {
  return `raw/${String(answer).padStart(2, '0')}`;
}

function hashFiles(table: string): string[] {
  return listFiles(table).map((file) => {
    const hash = createHash('sha256').update(readFileSync(join(table, file)));
    return `${file} ${hash.digest('hex')}`;
  });
}
