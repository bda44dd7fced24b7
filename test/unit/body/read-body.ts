/** One response, read: what the tests of bodies look at. */
import { Readable } from 'node:stream';
import type { BodyDeps, BodyFacts, BodyForm, Piece } from '../../../pipeline/body/body-form.ts';
import { readRecords } from '../../../pipeline/body/read-records.ts';

export interface Answered {
  headers?: Record<string, string>;
  /** Bytes per chunk; default: the whole. */
  chunk?: number;
}

export function answerOf(body: Buffer | string, { headers = {}, chunk }: Answered = {}) {
  const bytes = Buffer.from(body);
  const size = chunk ?? Math.max(1, bytes.length);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    // Of its own, as those of a connection are: what changes one of them changes no other.
    Buffer.from(bytes.subarray(index * size, (index + 1) * size)),
  );
  return { status: 200, headers, body: Readable.from(chunks) };
}

export const json = { response: { format: 'json' }, selector: [], shape: 'list' } as const satisfies BodyForm;
export const lenient: BodyDeps = { mask: { maskBody: (text) => text }, judge: () => undefined };

export interface Read {
  pieces: Piece[];
  texts: string[];
  facts: BodyFacts;
}

export async function read(
  body: Buffer | string,
  form: Partial<BodyForm> = {},
  { deps = lenient, ...answered }: Answered & { deps?: BodyDeps } = {},
): Promise<Read> {
  const reading = readRecords(answerOf(body, answered), { ...json, ...form }, deps);
  const pieces: Piece[] = [];
  for await (const piece of reading.pieces) pieces.push(piece);
  return { pieces, texts: pieces.map((piece) => piece.body.toString()), facts: reading.facts() };
}
