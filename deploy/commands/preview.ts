import type { Output } from '../output.ts';
import { byReason, describeTrial, type TrialResult } from '../trial/describe-trial.ts';
import { judgeRows } from '../trial/judge-rows.ts';
import { parseTables } from '../trial/parse-lines.ts';
import { realDeps } from '../trial/real-deps.ts';
import { runTrial, type Trial, type TrialDeps } from '../trial/run-trial.ts';
import { openSource } from './open-source.ts';

export interface PreviewOptions {
  sourcePath: string;
  resources?: string[];
  /** Requests of each resource. */
  pages: number;
  /** Elements of `for_each`. */
  slices: number;
  /** Rows to show. */
  rows: number;
  json: boolean;
  stdout: Output;
  stderr: Output;
  environment: NodeJS.ProcessEnv;
  /** Tests put an API of their own here. */
  deps?: TrialDeps;
}

/**
 * `catchwater preview FILE`: a few pages through the very code that fetches and parses, without AWS. Exit code 1 when a
 * resource failed, 2 when the file does not load.
 */
export async function runPreview(options: PreviewOptions): Promise<number> {
  const source = await openSource(options);
  if (!source) return 2;
  const real = options.deps ? undefined : realDeps(source, options.environment);
  const deps = options.deps ?? real;
  if (!deps) return 2;
  const { resources, pages: maxRequests, slices: maxSlices, json, stdout } = options;
  const results: TrialResult[] = [];
  try {
    for await (const trial of runTrial(source, { resources, maxRequests, maxSlices, at: deps.now() }, deps)) {
      const result = await readTables(trial);
      results.push(result);
      if (!json) stdout.write(describeTrial(result, options.rows));
    }
  } finally {
    await real?.close();
  }
  if (json) {
    const summaries = results.map((result) => summarize(result, options.rows));
    stdout.write(`${JSON.stringify({ schemaVersion: 1, source: source.name, resources: summaries })}\n`);
  }
  return results.some(({ trial }) => trial.error) ? 1 : 0;
}

async function readTables(trial: Trial): Promise<TrialResult> {
  const parsed = await parseTables(trial.resource, trial.lines);
  const tables = [...parsed].map(([spec, rows]) => ({
    spec,
    parsed: rows,
    warnings: judgeRows(trial, spec, rows),
  }));
  return { trial, tables };
}

function summarize({ trial, tables }: TrialResult, mostRows: number) {
  const { resource, exchanges, outcome, error, cutShort } = trial;
  return {
    resource: resource.name,
    requests: exchanges.map(({ page, request, status, outcome: result, records = 0, next = null }) => ({
      page,
      method: request.method,
      url: request.shownUrl,
      status,
      outcome: result,
      records,
      next,
    })),
    tables: tables.map(({ spec, parsed, warnings }) => ({
      table: spec.name,
      columns: spec.columns,
      rows: parsed.rows.length,
      filtered: parsed.filtered,
      deleted: parsed.deleted,
      violations: parsed.violations,
      quarantined: Object.fromEntries([...byReason(parsed)].map(([reason, { rows }]) => [reason, rows])),
      firstRows: parsed.rows.slice(0, mostRows),
      warnings,
    })),
    skipped: outcome?.skipped ?? [],
    cursors: outcome?.state.cursors ?? {},
    cutShort,
    ...(error && { error: error.message }),
  };
}
