import type { Piece } from './body/body-form.ts';
import type { RawLine } from './raw-object.ts';

/** Law 12: what the engine reads in one piece. */
const maxLineBytes = 8 * 2 ** 20;
/** For `,"chunk":{"number":…}` and the end of the line. */
const reservedBytes = 64;

export type RawLineHead = Omit<RawLine, 'body'>;

/**
 * The line of one piece. The body keeps the API's own text; only its line breaks, which in JSON stand between values,
 * become spaces.
 */
export function rawLine(head: RawLineHead, { body, chunk }: Piece): Buffer {
  const numbered =
    chunk === undefined ? head : { ...head, request: { ...head.request, chunk: { number: chunk } } };
  const opening = `${JSON.stringify(numbered).slice(0, -1)},"body":`;
  const start = Buffer.byteLength(opening);
  const line = Buffer.allocUnsafe(start + body.length + 2);
  line.write(opening);
  body.copy(line, start);
  line.write('}\n', start + body.length);
  putInOneLine(line.subarray(start, -1));
  return line;
}

/** The longest body that fits into a line with this head. */
export function roomForBody(head: RawLineHead): number {
  return maxLineBytes - Buffer.byteLength(JSON.stringify(head)) - reservedBytes;
}

function putInOneLine(body: Buffer): void {
  for (const lineBreak of [0x0a, 0x0d]) {
    for (let at = body.indexOf(lineBreak); at !== -1; at = body.indexOf(lineBreak, at + 1)) body[at] = 0x20;
  }
}
