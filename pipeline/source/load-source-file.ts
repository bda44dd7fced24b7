import { ConfigError } from '../errors.ts';
import type { CheckSql } from './check/check-expressions.ts';
import { loadSource, type LoadedSource } from './load-source.ts';

export interface LoadFileOptions {
  /** As the user wrote it: messages show it so. */
  path: string;
  /** The text of a file, by its path; undefined when there is none. */
  readText: (path: string) => Promise<string | undefined>;
  now: Date;
  checkSql?: CheckSql;
}

/** A source file and what lies beside it. */
export async function loadSourceFile({ path, readText, ...options }: LoadFileOptions): Promise<LoadedSource> {
  const text = await readText(path);
  if (text === undefined)
    throw new ConfigError(`there is no source file '${path}'; is the path right, seen from this folder?`);
  const folder = path.replace(/[^/\\]*$/, '');
  return loadSource({ ...options, name: path, text, readFile: (name) => readText(`${folder}${name}`) });
}
