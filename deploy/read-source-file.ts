import { readFile } from 'node:fs/promises';
import { loadSourceFile } from '../pipeline/source/load-source-file.ts';
import type { LoadedSource } from '../pipeline/source/load-source.ts';
import { checkSql } from './check-sql.ts';

/** A source file of the user's, its SQL checked too. Throws ConfigError when there is no such file. */
export function readSourceFile(path: string, now = new Date()): Promise<LoadedSource> {
  return loadSourceFile({ path, readText, now, checkSql });
}

/** The text of a file of the user's; undefined when there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
