import { cutList } from './http/cut-list.ts';
import { HttpError } from './http/http-error.ts';
import type { RawLine } from './raw-object.ts';
import type { JsonPath } from './source/json-path.ts';
import type { Shape } from './source/source.ts';

/** Law 12: what the engine reads in one piece. */
const maxLineBytes = 8 * 2 ** 20;
/** For `"chunk":{"number":…,"of":…}`, which is known only after the cut. */
const chunkBytes = 64;

export type RawLineHead = Omit<RawLine, 'body'>;

interface BodyForm {
  selector: JsonPath;
  shape: Shape;
  /** Default: `maxLineBytes`. */
  maxBytes?: number;
}

/**
 * The lines of one response: one, or for a list too big for that, chunks of it. The body keeps the API's own text; only
 * its line breaks, which in JSON stand between values, become spaces.
 */
export function* rawLines(
  head: RawLineHead,
  text: string,
  { selector, shape, maxBytes = maxLineBytes }: BodyForm,
): Generator<Buffer> {
  const body = inOneLine(Buffer.from(text));
  const line = writeLine(head, body);
  if (line.length <= maxBytes) {
    yield line;
    return;
  }
  if (shape !== 'list') throw tooLong(line.length, maxBytes, shape);
  const chunks = cutList(body, selector, maxBytes - (line.length - body.length) - chunkBytes);
  for (const [index, chunk] of chunks.entries()) {
    const request = { ...head.request, chunk: { number: index + 1, of: chunks.length } };
    yield writeLine({ ...head, request }, chunk);
  }
}

function writeLine(head: RawLineHead, body: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(head).slice(0, -1)},"body":`),
    body,
    Buffer.from('}\n'),
  ]);
}

/** In place. */
function inOneLine(body: Buffer): Buffer {
  for (const lineBreak of [0x0a, 0x0d]) {
    for (let at = body.indexOf(lineBreak); at !== -1; at = body.indexOf(lineBreak, at + 1)) body[at] = 0x20;
  }
  return body;
}

function tooLong(bytes: number, maxBytes: number, shape: Shape): HttpError {
  return new HttpError(
    `the response has ${megabytes(bytes)} MB and shape '${shape}' cannot be cut (the most is ${megabytes(maxBytes)} MB); ` +
      `ask for less per request (a shorter time range, fewer fields)`,
    { retryable: false },
  );
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
