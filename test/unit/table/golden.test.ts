import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';
import { quoteName } from '../../../pipeline/table/quote.ts';
import type { TableSpec } from '../../../pipeline/table/table-spec.ts';
import { tombstonesKey } from '../../../pipeline/table/tombstones-sql.ts';
import { openDuck, putLines, readTexts } from '../../support/duck.ts';
import { readGoldenCases, type GoldenCase, type GoldenRow } from '../../support/golden-case.ts';
import { loadLines, putMark, putMoved } from '../../support/load-lines.ts';

describe('the golden cases', () => {
  for (const { name, about, spec, ...golden } of readGoldenCases()) {
    it(`${name}: ${about}`, async () => {
      const duck = await openDuck();
      // No result may depend on where the machine is.
      await duck.run("SET TimeZone = 'America/New_York'");
      if (golden.parse) await expectParsed(duck, spec, golden.parse);
      if (golden.merge) await expectMerged(duck, spec, golden.merge);
      if (golden.loads) await expectLoaded(duck, spec, golden.loads);
    });
  }
});

async function expectParsed(
  duck: DuckDBConnection,
  spec: TableSpec,
  { lines, rows, rejects, filtered, violations }: NonNullable<GoldenCase['parse']>,
): Promise<void> {
  await putLines(duck, lines);
  const found = await readTexts(duck, `${spec.parse_sql} ORDER BY "_object", "_line", "_row"`);
  const left = found.filter((row) => row['_reject'] === null && row['_filtered'] === 'true');
  const good = found.filter((row) => row['_reject'] === null && row['_filtered'] === 'false');
  const bad = found.filter((row) => row['_reject'] !== null).map(nameReject);
  expect(pickNamed(good, rows)).to.deep.equal(rows);
  expect(pickNamed(bad, rejects)).to.deep.equal(rejects);
  expect(left.length).to.equal(filtered);
  expect(left.every((row) => row['_file'] === null)).to.equal(true);
  expect(await countViolations(duck, spec)).to.deep.equal(violations);
  expect(
    good.every((row) => row['_file'] !== null && row['_detail'] === null && row['_record'] === null),
  ).to.equal(true);
  expect(bad.every((row) => row['file'] === null && row['record'] !== null)).to.equal(true);
}

async function countViolations(duck: DuckDBConnection, spec: TableSpec): Promise<Record<string, number>> {
  if (!spec.parse_sql.includes('"_violations"')) return {};
  const counted = await readTexts(
    duck,
    `SELECT violation, count(*) AS rows FROM (SELECT unnest(_violations) AS violation FROM (${spec.parse_sql})) GROUP BY violation ORDER BY violation`,
  );
  return Object.fromEntries(
    counted.map(({ violation, rows }): [string, number] => [violation ?? '', Number(rows)]),
  );
}

async function expectMerged(
  duck: DuckDBConnection,
  spec: TableSpec,
  { incoming_sql, stored_sql, mark, moved_keys = [], rows }: NonNullable<GoldenCase['merge']>,
): Promise<void> {
  await duck.run(`CREATE VIEW incoming AS ${incoming_sql}`);
  await duck.run(`CREATE VIEW stored AS ${stored_sql}`);
  await putMark(duck, mark);
  await putMoved(duck, spec, moved_keys);
  expect(pickNamed(await readTexts(duck, spec.merge_sql), rows)).to.deep.equal(rows);
}

async function expectLoaded(
  duck: DuckDBConnection,
  spec: TableSpec,
  { loads, rows, tombstones }: NonNullable<GoldenCase['loads']>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  try {
    for (const { lines, mark, sweep = false, moved_keys = [], ...counts } of loads) {
      const options = { ...(mark !== undefined && { mark }), sweep, moved_keys };
      expect(await loadLines(duck, { spec, folder }, lines, options)).to.include(counts);
    }
    const files = `read_parquet('${folder}/**/*.parquet', hive_partitioning = false)`;
    const found = await readTexts(
      duck,
      `SELECT * FROM ${files} ORDER BY ${spec.key.map(quoteName).join(', ')}`,
    );
    expect(pickNamed(found, rows)).to.deep.equal(rows);
    if (tombstones !== undefined) expect(await countTombstones(duck, folder)).to.equal(tombstones);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function countTombstones(duck: DuckDBConnection, folder: string): Promise<number> {
  const counted = await readTexts(
    duck,
    `SELECT sum(json_array_length(decode(value), '$.rows')) AS tombstones FROM parquet_kv_metadata('${folder}/**/*.parquet') WHERE decode(key) = '${tombstonesKey}'`,
  );
  return Number(counted[0]?.['tombstones'] ?? 0);
}

function nameReject(row: GoldenRow): GoldenRow {
  const { _reject = null, _line = null, _row = null, _detail = null, _record = null, _file = null } = row;
  return { reason: _reject, line: _line, row: _row, detail: _detail, record: _record, file: _file };
}

/** Of each row what the expected one names. */
function pickNamed(found: GoldenRow[], expected: object[]): GoldenRow[] {
  return found.map((row, index) =>
    Object.fromEntries(Object.keys(expected[index] ?? row).map((name) => [name, row[name] ?? null])),
  );
}
