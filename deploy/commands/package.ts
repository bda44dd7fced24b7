import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../pipeline/errors.ts';
import { formatProblems } from '../../pipeline/source/problem.ts';
import { sourceKey, sourceText } from '../../pipeline/source/source-key.ts';
import { buildArtifacts } from '../build-artifacts.ts';
import { packageRoot } from '../package-root.ts';
import { readSourceFile } from '../read-source-file.ts';

export interface PackageOptions {
  /** Source files to compile; none: the ready-made ones. */
  sourcePaths: string[];
  outDir: string;
  python?: string | undefined;
  onProgress: (line: string) => void;
}

/** The template's parameter → the file to upload, and the key under which its default looks for it. */
export interface PackagedFile {
  parameter: string;
  path: string;
}

/** Leaves everything that the bare template needs in a folder: upload it as it is, then create the stack by hand. */
export async function packageArtifacts(options: PackageOptions): Promise<PackagedFile[]> {
  const { outDir, onProgress } = options;
  const artifacts = await buildArtifacts({ python: options.python, onProgress });
  const ready = join(packageRoot, 'sources');
  const paths =
    options.sourcePaths.length > 0
      ? options.sourcePaths
      : readdirSync(ready)
          .filter((name) => name.endsWith('.yaml'))
          .map((name) => join(ready, name));
  const sources = await Promise.all(paths.map(compile));
  for (const { path, body } of [...artifacts, ...sources]) {
    const file = join(outDir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    onProgress(`${file} (${Math.ceil(body.length / 1024)} KB)`);
  }
  for (const name of ['pipeline.yaml', 'artifacts.yaml']) {
    const file = join(outDir, 'cloudformation', name);
    const from = join(packageRoot, 'cloudformation', name);
    if (file !== from) cpSync(from, file);
    onProgress(file);
  }
  return [
    ...artifacts.map(({ parameter, path }) => ({ parameter, path })),
    ...sources.map(({ path }) => ({ parameter: 'SourceKey', path })),
  ];
}

async function compile(path: string): Promise<{ path: string; body: Uint8Array }> {
  const loaded = await readSourceFile(path);
  if (!loaded.ok) throw new ConfigError(formatProblems(loaded.problems).trimEnd());
  // Named by its hash, as everywhere: a warm function keeps what it has read under a key.
  return { path: sourceKey(loaded.source), body: Buffer.from(sourceText(loaded.source)) };
}
