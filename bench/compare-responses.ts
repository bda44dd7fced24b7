import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFunction } from '../deploy/bundle-functions.ts';
import { judge, tell, type Figures, type Result } from './result.ts';
import { startApi } from './start-api.ts';

const megabytes = 1024;
const most = 200;

/** One response of a gigabyte, fetched by the function as it is deployed: what its process takes. */
export async function compareResponses(): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'catchwater-bench-'));
  try {
    const bundle = join(folder, 'index.mjs');
    writeFileSync(bundle, await bundleFunction('fetch'));
    const ours: Figures = {};
    for (const format of ['json', 'ndjson', 'csv']) {
      const { peakBytes, seconds } = await fetchOnce(bundle, format);
      ours[format] = Math.round(peakBytes / 2 ** 20);
      tell(`memory: ${megabytes} MB of ${format} took ${ours[format]} MB, in ${Math.round(seconds)} s`);
    }
    const name = `memory of one response: megabytes for ${megabytes} MB`;
    const result = { name, ours, peers: { 'what it may take': { megabytes: most } } };
    return judge({ ...result, goal: 1 }, most / Math.max(...Object.values(ours)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Reading {
  peakBytes: number;
  seconds: number;
}

/** As text: a file of TypeScript would bring its compiler along, and the memory that it takes. */
const invocation = `
  const { handler } = await import(process.env.BUNDLE);
  const began = performance.now();
  const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 900_000 };
  await handler({ scheduledAt: '2026-11-21T10:00:00Z' }, context);
  const seconds = (performance.now() - began) / 1000;
  console.info(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024 }));`;

async function fetchOnce(bundle: string, format: string): Promise<Reading> {
  const world = await startApi(megabytes, 'responses/world.ts');
  try {
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', invocation], {
      env: environmentOf(bundle, format, world.address),
    });
    const { stdout } = await run;
    const { served, records } = (await (await fetch(`${world.address}/counted`)).json()) as Counted;
    if (records !== served) throw new Error(`${served} records of ${format} were served, ${records} landed`);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Reading;
  } finally {
    await world.stop();
  }
}

interface Counted {
  served: number;
  records: number;
}

/** What the template sets for Node and its memory, too. */
function environmentOf(bundle: string, format: string, address: string): Record<string, string> {
  return {
    BUNDLE: bundle,
    NODE_OPTIONS: '--max-semi-space-size=8',
    MALLOC_ARENA_MAX: '1',
    MALLOC_TRIM_THRESHOLD_: '131072',
    AWS_ENDPOINT_URL: address,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    ARTIFACT_BUCKET: 'artifacts',
    SOURCE_KEY: `sources/${format}.json`,
    STAGING_BUCKET: 'staging',
    LEDGER_TABLE: 'ledger',
    BUDGET_TABLE: 'ledger',
  };
}
