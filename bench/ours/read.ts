/**
 * What the fetch function does with the API of the benchmarks: `read.ts CASE ADDRESS` prints one JSON line. `pages` and
 * `items` land raw objects, gzipped, in a folder instead of a bucket; `whole` makes hourly Parquet of them too.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { landWindow } from '../../functions/fetch/land-window.ts';
import { createLimit } from '../../pipeline/fetch/limit-requests.ts';
import { fetchResource } from '../../pipeline/fetch/fetch-resource.ts';
import { createAuthenticator } from '../../pipeline/http/auth/authenticator.ts';
import { createTokenCache } from '../../pipeline/http/auth/token-cache.ts';
import { createSecretMask } from '../../pipeline/http/secret-mask.ts';
import { sendThrough } from '../../pipeline/http/send-request.ts';
import { standInSecrets } from '../../deploy/trial/environment-secrets.ts';
import { benchSource } from './bench-source.ts';
import { folderBucket } from './folder-bucket.ts';
import { countRows, loadObjects } from './load-objects.ts';

const [what = '', address = ''] = process.argv.slice(2);
const source = await benchSource(address);
const resource = source.resources.find(({ name }) => name === (what === 'whole' ? 'pages' : what));
if (!resource) throw new Error(`there is no case '${what}'`);
const folder = mkdtempSync(join(tmpdir(), 'catchwater-bench-'));
const agent = new Agent({ connections: source.client.concurrency });
const now = (): Date => new Date();
const common = {
  mask: createSecretMask(),
  secrets: standInSecrets,
  now,
  sleep: wait,
  send: sendThrough(agent),
};

const began = performance.now();
const s3 = folderBucket(folder);
const scheduledAt = '2026-11-21T10:00:00Z';
const window = { resource: resource.name, slice: 'all', scheduledAt, holder: 'bench', attempt: 1 };
const landing = landWindow(window, { s3, stagingBucket: 'staging' });
const outcome = await fetchResource(
  { resource, resources: source.resources, scheduledAt, state: { cursors: {} } },
  {
    ...common,
    client: source.client,
    auth: createAuthenticator(source.client, {
      ...common,
      tokens: createTokenCache(),
      credentials: async () => ({ accessKeyId: '', secretAccessKey: '' }),
    }),
    limit: createLimit(source.client.concurrency),
    random: Math.random,
    log: () => undefined,
    timeLeftMs: () => 900_000,
    signal: new AbortController().signal,
    landing,
  },
);
const objects = await landing.finish();
if (outcome.kind !== 'complete') throw new Error(`the fetch is ${outcome.kind}: ${outcome.reason}`);
const files = objects.map(({ key }) => join(folder, key));
const curated = what === 'whole' ? join(folder, 'curated') : undefined;
if (curated !== undefined) await loadObjects(resource.table, files, curated);
const seconds = (performance.now() - began) / 1000;
const peakBytes = process.resourceUsage().maxRSS * 1024;
const records = curated === undefined ? countRecords(files) : await countRows(curated);
await agent.close();
rmSync(folder, { recursive: true });
console.info(JSON.stringify({ records, seconds, peakBytes }));

/** Landed, as whoever reads the raw objects finds them. */
function countRecords(paths: string[]): number {
  let counted = 0;
  for (const path of paths) {
    for (const line of gunzipSync(readFileSync(path)).toString().trimEnd().split('\n')) {
      counted += (JSON.parse(line) as { body: unknown[] }).body.length;
    }
  }
  return counted;
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return sleep(ms, undefined, signal && { signal });
}
