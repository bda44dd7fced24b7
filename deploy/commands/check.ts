import { countPartitions } from '../../pipeline/source/count-partitions.ts';
import { formatProblems, type Problem } from '../../pipeline/source/problem.ts';
import { secretsIn } from '../../pipeline/source/secrets-in.ts';
import type { CompiledResource, CompiledSource } from '../../pipeline/source/source.ts';
import { count } from '../figures.ts';
import type { Output } from '../output.ts';
import { readSourceFile } from '../read-source-file.ts';

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
  const loaded = await readSourceFile(sourcePath, now);
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

interface Summary {
  source: string;
  attribution?: string;
  /** Names of the secrets that must be there before the first fetch. */
  secrets: string[];
  resources: {
    name: string;
    /** At least, where there are pages; those of one record of the parent, where there is one. */
    requests: number;
    /** The resource whose records are asked for one by one. */
    perRecordOf?: string;
    columns: number;
    key: string[];
    partitionBy: string;
    partitions: number;
    everySeconds?: number;
    once?: true;
    /** Where it is not called like the resource. */
    table?: string;
  }[];
}

function summarize(source: CompiledSource, now: Date): Summary {
  return {
    source: source.name,
    ...(source.attribution === undefined ? {} : { attribution: source.attribution }),
    secrets: secretsIn(source).map(({ secret }) => secret),
    resources: source.resources.map((resource) => summarizeResource(resource, now)),
  };
}

function summarizeResource(
  { name, slices, group, parent, table, every_ms, once }: CompiledResource,
  now: Date,
): Summary['resources'][number] {
  return {
    name,
    requests: Math.ceil(slices.length / (group?.size ?? 1)),
    ...(parent && { perRecordOf: parent.resource }),
    columns: table.columns.length,
    key: table.key,
    partitionBy: table.partition_by,
    partitions: countPartitions(table, now.getUTCFullYear()),
    ...(every_ms === undefined ? {} : { everySeconds: every_ms / 1000 }),
    ...(once === true && { once }),
    ...(table.name !== name && { table: table.name }),
  };
}

function describe(path: string, summary: Summary): string {
  const lines = summary.resources.map((resource) => {
    const beat =
      resource.once === true
        ? 'once'
        : resource.everySeconds === undefined
          ? 'at every beat'
          : `at most every ${duration(resource.everySeconds)}`;
    const into = resource.table === undefined ? '' : `, into the table ${resource.table}`;
    const partitions =
      resource.partitionBy === 'none'
        ? 'one partition'
        : `by ${resource.partitionBy}, ${resource.partitions.toLocaleString('en')} partitions at most`;
    const parent = resource.perRecordOf === undefined ? '' : ` for each record of ${resource.perRecordOf}`;
    return (
      `  ${resource.name}: ${count(resource.requests, 'request')}${parent} ${beat}${into}\n` +
      `    ${count(resource.columns, 'column')}, key ${resource.key.join(', ')}, ${partitions}\n`
    );
  });
  const secrets = summary.secrets.map(
    (name) => `  needs the secret '${name}': catchwater secret set ${name}\n`,
  );
  const tables = new Set(summary.resources.map(({ name, table }) => table ?? name)).size;
  const credit = summary.attribution === undefined ? '' : `  ${summary.attribution}\n`;
  return `${path}: ${summary.source} is well-formed, ${count(tables, 'table')}\n${lines.join('')}${secrets.join('')}${credit}`;
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
