/** Recorded answers of one resource, beside the source file: `fixtures/<source>/<resource>.json`. Secrets are not in it. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../pipeline/errors.ts';
import type { ParsedRows } from './parse-lines.ts';

export interface RecordedAnswer {
  method: string;
  /** With `***` for keys. */
  url: string;
  requestBody?: string;
  status: number;
  headers: Record<string, string>;
  /** As text where it is UTF-8, else `base64`. */
  body?: string;
  base64?: string;
}

export interface Fixture {
  v: 1;
  resource: string;
  /** The clock of the fetch, which windows end at. */
  recordedAt: string;
  maxRequests: number;
  maxSlices: number;
  answers: RecordedAnswer[];
  expected: Expected;
}

/** What the answers become. */
export interface Expected {
  /** By the name of the table. */
  tables: Record<string, ExpectedRows>;
  /** Slices left out with a report. */
  skipped: number;
}

export interface ExpectedRows extends Pick<ParsedRows, 'rows' | 'filtered' | 'deleted' | 'violations'> {
  quarantined: Record<string, number>;
}

export function fixtureFolder(sourcePath: string, source: string): string {
  return join(dirname(sourcePath), 'fixtures', source);
}

export async function writeFixture(folder: string, fixture: Fixture): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${fixture.resource}.json`);
  await writeFile(file, `${JSON.stringify(fixture, null, 1)}\n`);
  return file;
}

/** In the order of their names. Throws ConfigError when there are none. */
export async function readFixtures(folder: string, sourcePath: string): Promise<Fixture[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).toSorted((a, b) => (a < b ? -1 : 1));
  if (files.length === 0) {
    throw new ConfigError(
      `there are no recorded answers in ${folder}; catchwater record ${sourcePath} makes them`,
    );
  }
  return Promise.all(files.map((name) => readFixture(join(folder, name))));
}

async function readFixture(file: string): Promise<Fixture> {
  const fixture = JSON.parse(await readFile(file, 'utf8')) as Partial<Fixture>;
  if (fixture.v === 1 && fixture.resource !== undefined && Array.isArray(fixture.answers))
    return fixture as Fixture;
  throw new ConfigError(`${file} is no recorded answer of this version; record it again`);
}
