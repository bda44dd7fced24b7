import { createSecretMask } from '../../pipeline/http/secret-mask.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { count } from '../figures.ts';
import type { Output } from '../output.ts';
import { compareTables, countRows, describeTables } from '../trial/compare-rows.ts';
import { standInSecrets } from '../trial/environment-secrets.ts';
import { fixtureFolder, readFixtures, writeFixture, type Expected, type Fixture } from '../trial/fixture.ts';
import { parseTables } from '../trial/parse-lines.ts';
import { replayAnswers, standInLogin } from '../trial/replay-answers.ts';
import { runTrial } from '../trial/run-trial.ts';
import { openSource } from './open-source.ts';
import { oneByOne } from './record.ts';

export interface TestOptions {
  sourcePath: string;
  /** Take what comes out as what is expected. */
  update: boolean;
  json: boolean;
  stdout: Output;
  stderr: Output;
}

interface Verdict {
  resource: string;
  rows: number;
  differences: string[];
}

/** `catchwater test FILE`: the source against its recorded answers, offline. Exit code 1 when something comes out otherwise. */
export async function runTest(options: TestOptions): Promise<number> {
  const source = await openSource(options);
  if (!source) return 2;
  const folder = fixtureFolder(options.sourcePath, source.name);
  const verdicts: Verdict[] = [];
  for (const fixture of await readFixtures(folder, options.sourcePath)) {
    const { resource } = fixture;
    if (!source.resources.some(({ name }) => name === resource)) {
      verdicts.push({
        resource,
        rows: 0,
        differences: [`the source has no resource '${resource}': record again, or remove its fixture`],
      });
      continue;
    }
    const actual = await replay(source, fixture);
    if (!(actual instanceof Error) && options.update)
      await writeFixture(folder, { ...fixture, expected: actual });
    const differences =
      actual instanceof Error
        ? [`failed: ${actual.message}`]
        : options.update
          ? []
          : compareTables(fixture.expected, actual);
    verdicts.push({ resource, rows: actual instanceof Error ? 0 : countRows(actual), differences });
  }
  const passed = verdicts.every(({ differences }) => differences.length === 0);
  if (options.json)
    options.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, source: source.name, passed, resources: verdicts })}\n`,
    );
  else for (const verdict of verdicts) options.stdout.write(describe(verdict));
  return passed ? 0 : 1;
}

async function replay(source: CompiledSource, fixture: Fixture): Promise<Expected | Error> {
  const mask = createSecretMask();
  const at = new Date(fixture.recordedAt);
  const deps = {
    send: replayAnswers(fixture.answers, mask),
    sendLogin: standInLogin(source.client.auth),
    secrets: standInSecrets,
    mask,
    now: () => at,
    // Recorded waits are over.
    sleep: async () => undefined,
    random: () => 0,
    log: () => undefined,
    credentials: async () => ({ accessKeyId: 'stand-in', secretAccessKey: 'stand-in' }),
  };
  const { maxRequests, maxSlices } = fixture;
  const options = { resources: [fixture.resource], maxRequests, maxSlices, at };
  for await (const trial of runTrial(oneByOne(source), options, deps)) {
    if (trial.error) return trial.error;
    return describeTables(await parseTables(trial.resource, trial.lines), trial);
  }
  return new Error('nothing was run');
}

function describe({ resource, rows, differences }: Verdict): string {
  if (differences.length === 0) return `ok      ${resource}: ${count(rows, 'row')}\n`;
  return `differs ${resource}\n${differences.map((difference) => `  ${difference}\n`).join('')}`;
}
