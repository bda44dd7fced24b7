/** Gzipped NDJSON, line by line: manifests, reports, whatever grows with the data. */
import { createGunzip, createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { pipeline as connect, Readable } from 'node:stream';
import { CatchwaterError } from './errors.ts';

/** The bytes are not gzipped NDJSON to their end: written by something that died, or by something else. */
export class BrokenNdjsonError extends CatchwaterError {
  override name = 'BrokenNdjsonError';
}

const textSize = 64 * 1024;

/** The lines, compressed as they come: memory holds the compressed bytes, never the text. */
export async function writeNdjson(lines: Iterable<unknown> | AsyncIterable<unknown>): Promise<Buffer> {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  await pipeline(Readable.from(textOf(lines)), gzip, async (compressed: AsyncIterable<Buffer>) => {
    for await (const chunk of compressed) chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

/** Many lines at once: handed over one by one, gzip would take ten times as long. */
async function* textOf(lines: Iterable<unknown> | AsyncIterable<unknown>): AsyncGenerator<string> {
  let text = '';
  for await (const line of lines) {
    text += `${JSON.stringify(line)}\n`;
    if (text.length < textSize) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** The lines of a gzipped stream. Throws BrokenNdjsonError for what the bytes are, anything else for how they came. */
export async function* readNdjson<Line>(bytes: Readable): AsyncGenerator<Line> {
  let count = 0;
  try {
    for await (const text of textLines(bytes)) {
      count += 1;
      yield JSON.parse(text) as Line;
    }
  } catch (cause) {
    if (!isBroken(cause)) throw cause;
    throw new BrokenNdjsonError(`cannot be read, near line ${count}: ${(cause as Error).message}`, { cause });
  }
}

function isBroken(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return error instanceof SyntaxError || (typeof code === 'string' && code.startsWith('Z_'));
}

async function* textLines(bytes: Readable): AsyncGenerator<string> {
  const gunzip = createGunzip();
  // A failure of the source reaches whoever reads `gunzip`, and an early end of the reading closes the source.
  connect(bytes, gunzip, () => undefined);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}
