import { formatJsonPath, selectPath, type JsonPath } from '../source/json-path.ts';
import { HttpError } from '../http/http-error.ts';
import type { BodyDeps, BodyFacts, BodyForm, Piece } from './body-form.ts';
import type { ByteWindow } from './byte-window.ts';
import { damaged, megabytes, parseJson, tooLarge } from './damage.ts';
import { decodeUtf8 } from './decode-body.ts';
import { ElementScanner, type Run } from './element-scanner.ts';
import { elementsFrom } from './json-scanner.ts';
import { openingOf } from './list-opening.ts';
import { ListTaker } from './list-taker.ts';
import { mendSurrogates } from './mend-surrogates.ts';
import { onlyValue } from './only-value.ts';
import type { PieceOptions } from './piece-writer.ts';

export interface StreamOptions {
  form: BodyForm;
  deps: BodyDeps;
  status: number;
  maxBytes: number;
}

export type StreamFacts = Pick<BodyFacts, 'document' | 'records' | 'kept' | 'lastRecord'>;

/** Parsed at once: large enough to be fast, small enough to be forgotten. */
export const runBytes = 256 * 1024;

/** What an engine reads at once takes 60 times as much memory: lines of a list need not be as long as one may be. */
const streamedBytes = 2 ** 20;

/** Long enough that repeating what precedes the list costs little. */
export function streamedPieces(options: Pick<PieceOptions, 'before' | 'after' | 'maxBytes'>): PieceOptions {
  const pieceBytes = Math.min(options.maxBytes, Math.max(streamedBytes, 8 * options.before.length));
  return { ...options, pieceBytes, expectedBytes: pieceBytes };
}

/**
 * The list of a document that is too large for memory, piece by piece. Each piece repeats what precedes the list; what
 * follows it is known only at the end.
 */
export async function* streamJson(
  window: ByteWindow,
  { form, deps, status, maxBytes }: StreamOptions,
): AsyncGenerator<Piece, StreamFacts> {
  const opening = openingOf(window.bytes, form.selector, status);
  const before = readable(decodeUtf8(window.bytes.subarray(0, opening.length), status), deps);
  const after = Buffer.from(opening.closing);
  const taker = new ListTaker(form, streamedPieces({ before: Buffer.from(before), after, maxBytes }));
  window.drop(opening.length);
  const scanner = new ElementScanner(window, {
    status,
    most: taker.room,
    runBytes: Math.min(runBytes, taker.room),
  });
  for (let run = await scanner.next(); run; run = await scanner.next()) {
    const { json, records } = parseRun(run, { deps, status, before: taker.visitor.records });
    yield* taker.take(json, records);
  }
  const rest = readable(decodeUtf8(await readRest(window, maxBytes - opening.length), status), deps);
  const envelope = `${before}${rest}`;
  const document = parseJson(envelope, status, 'the body, without the records of its list,');
  checkEnvelope(envelope, document, { form, status, before, closing: opening.closing });
  deps.judge(document, envelope);
  yield* taker.finish();
  const { records, kept, lastRecord } = taker.visitor;
  return { document, records, kept, lastRecord };
}

interface ParseOptions {
  deps: BodyDeps;
  status: number;
  /** Records before these. */
  before: number;
}

function parseRun(run: Run, { deps, status, before }: ParseOptions): { json: Buffer; records: unknown[] } {
  const text = decodeUtf8(run.json, status);
  const masked = readable(text, deps);
  const json = masked === text ? run.json : Buffer.from(masked);
  try {
    const records = JSON.parse(`[${masked}]`) as unknown[];
    if (records.length === run.count) return { json, records };
  } catch {
    // Which of them it is, is said below.
  }
  let number = before;
  for (const { start, end } of elementsFrom(json, 0)) {
    number += 1;
    parseJson(json.toString('utf8', start, end), status, `record ${number} of the list`);
  }
  throw damaged(status, `the body is no whole JSON near record ${number} of the list`);
}

/** Without secrets, and without what no engine reads. */
function readable(text: string, { mask }: BodyDeps): string {
  return mendSurrogates(mask.maskBody(text));
}

async function readRest(window: ByteWindow, most: number): Promise<Buffer> {
  do {
    if (window.bytes.length > most) {
      throw tooLarge(`what surrounds the list in the response has more than ${megabytes(most)}`);
    }
  } while (await window.more());
  return window.bytes;
}

interface Envelope {
  form: BodyForm;
  status: number;
  before: string;
  closing: string;
}

/** What the pieces repeat must be all that anybody reads outside of the list, and the list must be the selected one. */
function checkEnvelope(
  envelope: string,
  document: unknown,
  { form, status, before, closing }: Envelope,
): void {
  onlyValue(Buffer.from(envelope), form.selector);
  const known = JSON.parse(`${before}${closing}`) as unknown;
  const late = (form.envelopePaths ?? []).find((path) => textAt(path, document) !== textAt(path, known));
  if (!late) return;
  const message =
    `${formatJsonPath(late)} comes after the list in a response of more than one line, and is not known while its records are ` +
    `read; ask for smaller pages, or leave the column out that reads it`;
  throw new HttpError(message, { status, retryable: false });
}

function textAt(path: JsonPath, document: unknown): string | undefined {
  return JSON.stringify(selectPath(path, document));
}
