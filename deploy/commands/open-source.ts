import { formatProblems } from '../../pipeline/source/problem.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import type { Output } from '../output.ts';
import { readSourceFile } from '../read-source-file.ts';

interface OpenOptions {
  sourcePath: string;
  json: boolean;
  stdout: Output;
  stderr: Output;
  now?: Date;
}

/** The source of a command that is about one; undefined after its problems have been printed. */
export async function openSource(options: OpenOptions): Promise<CompiledSource | undefined> {
  const { sourcePath, json, stdout, stderr, now = new Date() } = options;
  const loaded = await readSourceFile(sourcePath, now);
  if (loaded.ok) return loaded.source;
  const { problems } = loaded;
  if (json) stdout.write(`${JSON.stringify({ schemaVersion: 1, file: sourcePath, ok: false, problems })}\n`);
  else stderr.write(`${formatProblems(problems)}\n`);
  return undefined;
}
