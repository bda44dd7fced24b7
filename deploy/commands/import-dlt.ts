import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse, stringify } from 'yaml';
import { convertConfig, type ConvertedConfig } from '../../pipeline/dlt/convert-config.ts';
import { ConfigError } from '../../pipeline/errors.ts';
import { loadSource } from '../../pipeline/source/load-source.ts';
import { formatProblems, type Problem } from '../../pipeline/source/problem.ts';
import type { Output } from '../output.ts';

export interface ImportOptions {
  /** A configuration of dlt's `rest_api` source, JSON or YAML. */
  file: string;
  /** Default: the name of the file. */
  name?: string;
  /** Default: the source's name, `.yaml`. */
  out?: string;
  force?: boolean;
  json?: boolean;
  stdout: Output;
  stderr: Output;
}

/** `catchwater import dlt FILE`: writes a source file and lists what could not be carried over. Exit code 2 when it does not load yet. */
export async function runImportDlt(options: ImportOptions): Promise<number> {
  const name = options.name ?? nameOf(options.file);
  const converted = convertConfig(await readConfig(options.file), name);
  const out = options.out ?? `${name}.yaml`;
  const text = write(converted, options.file);
  await writeFile(out, text, { flag: options.force === true ? 'w' : 'wx' }).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new ConfigError(`${out} is there already: choose another with --out, or --force`, { cause });
  });
  const loaded = await loadSource({ name: out, text, readFile: async () => undefined, now: new Date() });
  tell(options, { out, converted, problems: loaded.ok ? loaded.warnings : loaded.problems });
  return loaded.ok ? 0 : 2;
}

function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.\w+$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 31);
  return /^[a-z]/.test(name) ? name : 'imported';
}

/** JSON is YAML too. */
async function readConfig(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`${file} cannot be read`, { cause });
  });
  try {
    return parse(text) as unknown;
  } catch (cause) {
    throw new ConfigError(
      `${file} is neither JSON nor YAML: ${(cause as Error).message}; print a configuration in Python with json.dumps`,
      { cause },
    );
  }
}

function write({ source, notes }: ConvertedConfig, file: string): string {
  const head = [
    '# yaml-language-server: $schema=./source.schema.json',
    `# Written by \`catchwater import dlt\` from ${basename(file)}. What could not be carried over as it was:`,
    ...notes.map(({ path, reason }) => `#   ${path}: ${reason}`),
  ];
  return `${head.join('\n')}\n${stringify(source, { lineWidth: 100 })}`;
}

function tell(
  options: ImportOptions,
  { out, converted, problems }: { out: string; converted: ConvertedConfig; problems: Problem[] },
): void {
  const { notes } = converted;
  if (options.json === true) {
    options.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, file: out, notCarriedOver: notes, problems })}\n`,
    );
    return;
  }
  if (problems.length > 0) options.stderr.write(`${formatProblems(problems)}\n`);
  for (const { path, reason } of notes) options.stderr.write(`${path}: ${reason}\n`);
  options.stdout.write(
    `${out}: written, ${notes.length} notes at its top. Next:\n  catchwater check ${out}\n`,
  );
}
