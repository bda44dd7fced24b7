import type { CompiledSource } from '../../pipeline/source/source.ts';
import { createSecretMask } from '../../pipeline/http/secret-mask.ts';
import { count } from '../figures.ts';
import type { Output } from '../output.ts';
import { countRows, describeTables } from '../trial/compare-rows.ts';
import { fixtureFolder, writeFixture, type RecordedAnswer } from '../trial/fixture.ts';
import { parseTables } from '../trial/parse-lines.ts';
import { realDeps } from '../trial/real-deps.ts';
import { recordAnswers } from '../trial/record-answers.ts';
import { runTrial, type TrialDeps } from '../trial/run-trial.ts';
import { openSource } from './open-source.ts';

export interface RecordOptions {
  sourcePath: string;
  resources?: string[];
  pages: number;
  slices: number;
  json: boolean;
  stdout: Output;
  stderr: Output;
  environment: NodeJS.ProcessEnv;
  /** Tests put an API of their own here. */
  deps?: TrialDeps;
}

/** `catchwater record FILE`: keeps answers of the API beside the source, without secrets. Exit code 1 when one failed. */
export async function runRecord(options: RecordOptions): Promise<number> {
  const source = await openSource(options);
  if (!source) return 2;
  const real = options.deps ? undefined : realDeps(source, options.environment);
  const deps = options.deps ?? real;
  if (!deps) return 2;
  try {
    return await record(source, deps, options);
  } finally {
    await real?.close();
  }
}

async function record(source: CompiledSource, deps: TrialDeps, options: RecordOptions): Promise<number> {
  const mask = createSecretMask();
  let answers: RecordedAnswer[] = [];
  const send = recordAnswers(deps.send, mask, (answer) => void answers.push(answer));
  const { resources, pages: maxRequests, slices: maxSlices } = options;
  const at = deps.now();
  const written: { resource: string; file: string; answers: number; rows: number }[] = [];
  let failed = false;
  const recording = { ...deps, send, sendLogin: deps.send, mask, now: () => at };
  for await (const trial of runTrial(
    oneByOne(source),
    { resources, maxRequests, maxSlices, at },
    recording,
  )) {
    const { name } = trial.resource;
    if (trial.error) {
      failed = true;
      options.stderr.write(`${name}: ${trial.error.message}; nothing is recorded\n`);
    } else {
      const expected = describeTables(await parseTables(trial.resource, trial.lines), trial);
      const fixture = {
        v: 1 as const,
        resource: name,
        recordedAt: at.toISOString(),
        maxRequests,
        maxSlices,
        answers,
        expected,
      };
      const file = await writeFixture(fixtureFolder(options.sourcePath, source.name), fixture);
      written.push({ resource: name, file, answers: answers.length, rows: countRows(expected) });
    }
    answers = [];
  }
  if (options.json)
    options.stdout.write(`${JSON.stringify({ schemaVersion: 1, source: source.name, fixtures: written })}\n`);
  else
    for (const { file, answers: kept, rows } of written)
      options.stdout.write(`${file}: ${count(kept, 'answer')}, ${count(rows, 'row')}\n`);
  return failed ? 1 : 0;
}

/** Requests in one order, so that rows come in one. */
export function oneByOne(source: CompiledSource): CompiledSource {
  return { ...source, client: { ...source.client, concurrency: 1 } };
}
