/**
 * Writes each golden case as `<folder>/<name>.json`, its table compiled: the Python tests read nothing else. Where files
 * come of it (`merge`, `loads`), it runs them and adds the sha256 of each, which every engine must arrive at.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { quoteName } from '../../pipeline/table/quote.ts';
import { openDuck } from './duck.ts';
import { readGoldenCases, type GoldenCase } from './golden-case.ts';
import { loadLines } from './load-lines.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node test/support/compile-golden.ts <folder>');

mkdirSync(folder, { recursive: true });
for (const golden of readGoldenCases()) {
  const text = JSON.stringify(await addHashes(golden), null, 2);
  writeFileSync(join(folder, `${golden.name}.json`), `${text}\n`);
}

async function addHashes({ merge, loads, ...golden }: GoldenCase): Promise<GoldenCase> {
  return {
    ...golden,
    ...(merge && { merge: { ...merge, sha256: await hashMerged(golden, merge) } }),
    ...(loads && { loads: { ...loads, files: await hashLoaded(golden, loads) } }),
  };
}

function hashMerged(
  { spec }: GoldenCase,
  { incoming_sql, stored_sql }: NonNullable<GoldenCase['merge']>,
): Promise<string> {
  return inTemporaryFolder(async (temporary) => {
    const duck = await openDuck();
    await duck.run(`CREATE VIEW incoming AS ${incoming_sql}`);
    await duck.run(`CREATE VIEW stored AS ${stored_sql}`);
    const columns = spec.columns.map(({ name }) => quoteName(name)).join(', ');
    const path = join(temporary, 'part-0.parquet');
    await duck.run(`COPY (SELECT ${columns} FROM (${spec.merge_sql})) TO '${path}' ${spec.copy_options}`);
    return hashFile(path);
  });
}

function hashLoaded(
  { spec }: GoldenCase,
  { loads }: NonNullable<GoldenCase['loads']>,
): Promise<Record<string, string>> {
  return inTemporaryFolder(async (temporary) => {
    const duck = await openDuck();
    for (const { lines } of loads) await loadLines(duck, { spec, folder: temporary }, lines);
    const files = readdirSync(temporary, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.parquet'))
      .toSorted();
    return Object.fromEntries(
      files.map((file) => [file.replaceAll(sep, '/'), hashFile(join(temporary, file))]),
    );
  });
}

async function inTemporaryFolder<T>(work: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = mkdtempSync(join(tmpdir(), 'golden-'));
  try {
    return await work(temporary);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function hashFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
