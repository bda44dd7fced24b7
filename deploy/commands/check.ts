import { readFile } from 'node:fs/promises';
import { countPartitions } from '../../pipeline/source/count-partitions.ts';
import { loadSourceFile } from '../../pipeline/source/load-source-file.ts';
import { formatProblems, type Problem } from '../../pipeline/source/problem.ts';
import type { CompiledResource, CompiledSource } from '../../pipeline/source/source.ts';

interface Output {
  write(text: string): unknown;
}

export interface CheckOptions {
  sourcePath: string;
  json: boolean;
  stdout: Output;
  stderr: Output;
  now?: Date;
}

/** `catchwater check FILE`: what is wrong with it, or what it will make. Exit code 2 when it cannot be deployed. */
export async function runCheck(options: CheckOptions): Promise<number> {
  const { sourcePath, json, stdout, stderr, now = new Date() } = options;
  const loaded = await loadSourceFile({ path: sourcePath, readText, now });
  const found = loaded.ok ? loaded.warnings : loaded.problems;
  const summary = loaded.ok ? summarize(loaded.source, now) : undefined;
  if (json) {
    stdout.write(
      `${JSON.stringify({ schemaVersion: 1, file: sourcePath, ok: loaded.ok, ...summary, problems: found })}\n`,
    );
  } else {
    if (found.length > 0) stderr.write(`${formatProblems(found)}\n`);
    if (summary) stdout.write(describe(sourcePath, summary));
    else stderr.write(`${countErrors(found)} in ${sourcePath}\n`);
  }
  return loaded.ok ? 0 : 2;
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

interface Summary {
  source: string;
  attribution?: string;
  /** Names of the secrets that must be there before the first fetch. */
  secrets: string[];
  resources: {
    name: string;
    requests: number;
    columns: number;
    key: string[];
    partitionBy: string;
    partitions: number;
    everySeconds?: number;
  }[];
}

function summarize(source: CompiledSource, now: Date): Summary {
  const { auth } = source.client;
  return {
    source: source.name,
    ...(source.attribution === undefined ? {} : { attribution: source.attribution }),
    secrets: auth ? [(auth.type === 'bearer' ? auth.token : auth.api_key).secret] : [],
    resources: source.resources.map((resource) => summarizeResource(resource, now)),
  };
}

function summarizeResource(
  { name, slices, table, every_ms }: CompiledResource,
  now: Date,
): Summary['resources'][number] {
  return {
    name,
    requests: slices.length,
    columns: table.columns.length,
    key: table.key,
    partitionBy: table.partition_by,
    partitions: countPartitions(table, now.getUTCFullYear()),
    ...(every_ms === undefined ? {} : { everySeconds: every_ms / 1000 }),
  };
}

function describe(path: string, summary: Summary): string {
  const lines = summary.resources.map((resource) => {
    const beat =
      resource.everySeconds === undefined
        ? 'at every beat'
        : `at most every ${duration(resource.everySeconds)}`;
    const partitions =
      resource.partitionBy === 'none'
        ? 'one partition'
        : `by ${resource.partitionBy}, ${resource.partitions.toLocaleString('en')} partitions at most`;
    return (
      `  ${resource.name}: ${count(resource.requests, 'request')} ${beat}\n` +
      `    ${count(resource.columns, 'column')}, key ${resource.key.join(', ')}, ${partitions}\n`
    );
  });
  const secrets = summary.secrets.map(
    (name) => `  needs the secret '${name}': catchwater secret set ${name}\n`,
  );
  const credit = summary.attribution === undefined ? '' : `  ${summary.attribution}\n`;
  return `${path}: ${summary.source} is well-formed, ${count(summary.resources.length, 'table')}\n${lines.join('')}${secrets.join('')}${credit}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** `15 minutes`, and `hour` for one of them. */
function duration(seconds: number): string {
  const units = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const;
  const [length, noun] = units.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  return seconds === length ? noun : count(seconds / length, noun);
}

function countErrors(problems: readonly Problem[]): string {
  return count(problems.filter((problem) => problem.severity === 'error').length, 'problem');
}
