import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from '../deploy/bundle-functions.ts';
import { judge, median, rounds, tell, type Figures, type Result } from './result.ts';

/** What the handler wants to see; nothing is called. */
const environment = ['ARTIFACT_BUCKET', 'SOURCE_KEY', 'STAGING_BUCKET', 'LEDGER_TABLE', 'BUDGET_TABLE'];

/** The fetch function as it is deployed, beside the same one with everything that its packages hold. */
export async function compareBundles(): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'catchwater-bench-'));
  try {
    const texts = { slim: await bundleFunction('fetch'), whole: await bundleFunction('fetch', []) };
    const files = Object.entries(texts).map(([name, text]) => {
      const file = join(folder, `${name}.mjs`);
      writeFileSync(file, text);
      return { name, file, kilobytes: Math.round(text.length / 1000), importMs: new Array<number>() };
    });
    for (let round = 0; round < rounds; round += 1) {
      for (const { file, importMs } of files) importMs.push(timeImport(file));
    }
    const [ours = {}, whole = {}] = files.map(({ kilobytes, importMs }): Figures => ({
      kilobytes,
      importMs: Math.round(median(importMs)),
    }));
    tell(`bundle: ${JSON.stringify({ ours, whole })}`);
    const result = {
      name: 'import of the fetch function',
      ours,
      peers: { 'with all that its packages hold': whole },
    };
    return judge({ ...result, goal: 1.2 }, (whole['importMs'] ?? 0) / (ours['importMs'] ?? 0));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timeImport(file: string): number {
  const script = `const began = performance.now(); await import(${JSON.stringify(file)}); process.stdout.write(String(performance.now() - began));`;
  const env = { AWS_REGION: 'eu-central-1', ...Object.fromEntries(environment.map((name) => [name, 'x'])) };
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }),
  );
}
