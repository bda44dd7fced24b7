import { readFile, writeFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { ConfigError, CatchwaterError } from '../../pipeline/errors.ts';
import { draftSource, type SourceDraft } from '../../pipeline/guess/draft-source.ts';
import { readOpenApi } from '../../pipeline/guess/read-openapi.ts';
import { isRecord, type Sample } from '../../pipeline/guess/sample.ts';
import { writeDraft } from '../../pipeline/guess/write-draft.ts';
import { loadSource } from '../../pipeline/source/load-source.ts';
import { formatProblems, type Problem } from '../../pipeline/source/problem.ts';
import type { Output } from '../output.ts';

export interface InitOptions {
  /** An http(s) URL, a file with a response, or an OpenAPI description. */
  target: string;
  /** Of the request to a URL: `Name: value`. */
  headers?: string[];
  /** Default: the source's name, `.yaml`. */
  out?: string;
  name?: string;
  /** Of an OpenAPI description: which of its paths. */
  path?: string;
  /** Write over a file that is there. */
  force?: boolean;
  json?: boolean;
  stdout: Output;
  stderr: Output;
  fetch?: typeof fetch;
}

/** Longer answers are no sample. */
const mostBytes = 32 * 2 ** 20;
const timeoutMs = 30_000;

/** `catchwater init TARGET`: writes a source file that works, with every guess marked. Exit code 2 when it needs a hand. */
export async function runInit(options: InitOptions): Promise<number> {
  const headers = parseHeaders(options.headers ?? []);
  const sample = await readSample(options, headers);
  if (!isRecord(sample.body) && !Array.isArray(sample.body)) {
    throw new ConfigError(`${options.target} holds neither an object nor a list: there are no records in it`);
  }
  const draft = draftSource(sample, { headers, ...(options.name && { name: options.name }) });
  const text = writeDraft(draft);
  const file = options.out ?? `${draft.name}.yaml`;
  await write(file, text, options.force ?? false);
  const checked = await loadSource({ name: file, text, readFile: async () => undefined, now: new Date() });
  const problems = checked.ok ? checked.warnings : checked.problems;
  tell(options, { file, draft, problems });
  return checked.ok ? 0 : 2;
}

async function readSample(options: InitOptions, headers: Record<string, string>): Promise<Sample> {
  const { target } = options;
  if (/^https?:\/\//i.test(target)) {
    const sample = await ask(new URL(target), headers, options.fetch ?? fetch);
    return isOpenApi(sample.body) ? readOpenApi(sample.body, options.path) : sample;
  }
  const text = await readFile(target, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(
      `${target} cannot be read: give an http(s) URL, a file with a response, or an OpenAPI file`,
      { cause },
    );
  });
  const body = parse(text, target);
  return isOpenApi(body) ? readOpenApi(body, options.path) : { headers: {}, body };
}

async function ask(url: URL, headers: Record<string, string>, send: typeof fetch): Promise<Sample> {
  const asked = new URL(url);
  const request = { headers: { accept: 'application/json', 'user-agent': 'catchwater', ...headers } };
  let response: Response;
  try {
    response = await send(asked, { ...request, signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    throw new CatchwaterError(`${asked.origin} did not answer: ${(cause as Error).message}`, { cause });
  }
  const text = await response.text();
  if (!response.ok)
    throw new CatchwaterError(
      `${asked.origin}${asked.pathname} answered ${response.status}: ${text.slice(0, 300)}`,
    );
  if (text.length > mostBytes)
    throw new ConfigError('the response is larger than 32 MB: ask for less, a sample is enough');
  return { url: asked, headers: Object.fromEntries(response.headers), body: parse(text, asked.pathname) };
}

/** JSON, NDJSON, or YAML where the file's name says so. */
function parse(text: string, name: string): unknown {
  if (/\.ya?ml$/i.test(name)) return parseYaml(text) as unknown;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const lines = text.trim().split(/\r?\n/);
    if (lines.length > 1 && lines.every((line) => line.startsWith('{')))
      return lines.map((line) => JSON.parse(line) as unknown);
    throw new ConfigError(
      `${name} is no JSON (${(cause as Error).message}); a CSV needs a hand: see response_format`,
      { cause },
    );
  }
}

function isOpenApi(body: unknown): body is Record<string, unknown> {
  return (
    isRecord(body) &&
    (typeof body['openapi'] === 'string' || body['swagger'] === '2.0') &&
    isRecord(body['paths'])
  );
}

function parseHeaders(lines: string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new ConfigError(`the header '${line.split(':')[0]}' is not written as 'Name: value'`);
      return [name.toLowerCase(), value];
    }),
  );
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new ConfigError(`${file} is there already: choose another with --out, or --force`, { cause });
    throw cause;
  }
}

function tell(
  options: InitOptions,
  { file, draft, problems }: { file: string; draft: SourceDraft; problems: Problem[] },
): void {
  const { stdout, stderr } = options;
  if (options.json === true) {
    const { name, resource, records } = draft;
    const secret = draft.auth?.secret ?? null;
    stdout.write(
      `${JSON.stringify({ schemaVersion: 1, file, source: name, resource, records, columns: draft.columns.length, secret, problems })}\n`,
    );
    return;
  }
  if (problems.length > 0) stderr.write(`${formatProblems(problems)}\n`);
  stdout.write(`${file}: ${draft.columns.length} columns from ${draft.records} records. Next:\n`);
  if (draft.auth) stdout.write(`  catchwater secret set ${draft.auth.secret}\n`);
  stdout.write(`  catchwater preview ${file}\n  catchwater deploy --source ${file}\n`);
}
