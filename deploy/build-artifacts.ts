import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fetchWheels, wheelFiles } from './fetch-wheels.ts';
import { isClone, packageRoot } from './package-root.ts';
import { zipFiles } from './zip-files.ts';

/** One uploaded file: the template's parameter that names it, and its path in the package and in a bucket of one's own. */
export interface Artifact {
  parameter: 'FetchCodeKey' | 'DispatchCodeKey' | 'GlueScriptKey' | 'GlueLibraryKey' | 'GlueWheelsKey';
  path: string;
  body: Uint8Array;
}

export interface BuildOptions {
  /** A Python with pip, to download the wheel with; default: the one that the set-up has made. */
  python?: string | undefined;
  onProgress: (line: string) => void;
}

/** Also the defaults of the template's parameters, so that a copy of the files needs no names. */
const paths = {
  FetchCodeKey: 'functions/fetch.zip',
  DispatchCodeKey: 'functions/dispatch.zip',
  GlueScriptKey: 'glue/partition_job.py',
  GlueLibraryKey: 'glue/library.zip',
  GlueWheelsKey: 'glue/duckdb.gluewheels.zip',
} as const;

/** What the template's code parameters name: built from the sources in a clone, as it was built in an installed package. */
export async function buildArtifacts(options: BuildOptions): Promise<Artifact[]> {
  const bodies = isClone ? await build(options) : readReady();
  return Object.entries(paths).map(([parameter, path]) => ({
    parameter: parameter as Artifact['parameter'],
    path,
    body: bodies[parameter as Artifact['parameter']],
  }));
}

type Bodies = Record<Artifact['parameter'], Uint8Array>;

async function build({ python, onProgress }: BuildOptions): Promise<Bodies> {
  // Only a clone has the bundler.
  const { bundleFunction } = await import('./bundle-functions.ts');
  const [fetch, dispatch] = await Promise.all([bundleFunction('fetch'), bundleFunction('dispatch')]);
  return {
    FetchCodeKey: zipFiles({ 'index.mjs': fetch }),
    DispatchCodeKey: zipFiles({ 'index.mjs': dispatch }),
    GlueScriptKey: readFileSync(join(packageRoot, 'glue', 'partition_job.py')),
    GlueLibraryKey: zipFiles(libraryFiles()),
    GlueWheelsKey: zipFiles(wheelFiles(await wheels(python, onProgress))),
  };
}

function readReady(): Bodies {
  const entries = Object.entries(paths).map(([parameter, path]) => [
    parameter,
    readFileSync(join(packageRoot, path)),
  ]);
  return Object.fromEntries(entries) as Bodies;
}

/** The modules that the script imports, under the names by which it does. */
function libraryFiles(): Record<string, Uint8Array> {
  const folder = join(packageRoot, 'glue');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.py') && name !== 'partition_job.py',
  );
  return Object.fromEntries(
    names.map((name) => [name.replaceAll(sep, '/'), readFileSync(join(folder, name))]),
  );
}

/** Downloaded once for each list: the folder is named by its hash. */
async function wheels(python: string | undefined, onProgress: (line: string) => void): Promise<string> {
  const home = join(packageRoot, '.catchwater');
  const list = readFileSync(join(packageRoot, 'glue', 'wheels.txt'));
  const folder = join(home, 'wheels', createHash('sha256').update(list).digest('hex').slice(0, 12));
  if (existsSync(folder)) return folder;
  onProgress('downloading the DuckDB wheel for Glue (21 MB, once)');
  const partial = `${folder}.${process.pid}`;
  await fetchWheels(python ?? findPython(home), partial);
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another deploy was quicker.
    if (!existsSync(folder)) throw error;
    rmSync(partial, { recursive: true });
  }
  return folder;
}

/** The set-up's own environment has pip; the machine's Python is the second choice. */
function findPython(home: string): string {
  const own = ['bin/python', 'Scripts/python.exe'].map((name) => join(home, 'python', 'uv', name));
  return own.find((path) => existsSync(path)) ?? 'python3';
}
