/**
 * Writes each golden case as `<folder>/<name>.json`, its table compiled: the Python tests read nothing else. Where files
 * come of it (`merge`, `loads`), it runs them and adds the sha256 of each, which every engine must arrive at.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuck } from './duck.ts';
import { readGoldenCases, type GoldenCase } from './golden-case.ts';
import { copyMerged, listFiles, loadLines, putMark, putMoved } from './load-lines.ts';

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
  { incoming_sql, stored_sql, mark, moved_keys = [] }: NonNullable<GoldenCase['merge']>,
): Promise<string> {
  return inTemporaryFolder(async (temporary) => {
    const duck = await openDuck();
    await duck.run(`CREATE VIEW incoming AS ${incoming_sql}`);
    await duck.run(`CREATE VIEW stored AS ${stored_sql}`);
    await putMark(duck, mark);
    await putMoved(duck, spec, moved_keys);
    const path = join(temporary, 'part-0.parquet');
    await duck.run(`CREATE TABLE merged AS ${spec.merge_sql}`);
    await copyMerged(duck, spec, path);
    return hashFile(path);
  });
}

function hashLoaded(
  { spec }: GoldenCase,
  { loads }: NonNullable<GoldenCase['loads']>,
): Promise<Record<string, string>> {
  return inTemporaryFolder(async (temporary) => {
    const duck = await openDuck();
    for (const load of loads) await loadLines(duck, { spec, folder: temporary }, load.lines, load);
    return Object.fromEntries(listFiles(temporary).map((file) => [file, hashFile(join(temporary, file))]));
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
