import { hash } from 'node:crypto';
import type { ResponseFormat } from '../source/source.ts';
import type { BodyDeps } from './body-form.ts';
import { damaged, parseJson } from './damage.ts';
import { decodeUtf8 } from './decode-body.ts';
import { mendSurrogates } from './mend-surrogates.ts';
import { rowReader } from './row-reader.ts';
import { maskRows } from './stream-rows.ts';

/** A body in memory. */
export interface WholeBody {
  /** JSON text in UTF-8, secrets hidden: the bytes that came, where nothing had to change. */
  json: Buffer;
  document: unknown;
  /** SHA-256 of the unpacked body, hex. */
  digest: string;
  bytes: number;
}

/** `body` is in UTF-8. Judged. */
export function parseWhole(
  body: Buffer,
  status: number,
  { response, ...deps }: BodyDeps & { response: ResponseFormat },
): WholeBody {
  const facts = { digest: hash('sha256', body), bytes: body.length };
  const received = decodeUtf8(body, status);
  const text = deps.mask.maskBody(received);
  const reader = rowReader(response, status);
  if (reader) {
    const parts = judgingDamage(() => [reader.push(text), reader.end()], text, deps);
    const json = parts
      .map((part) => part.json)
      .filter(Boolean)
      .join(',');
    const rows = maskRows({ json, records: parts.flatMap((part) => part.records) }, deps);
    deps.judge(rows.records, text);
    return { json: Buffer.from(`[${rows.json}]`), document: rows.records, ...facts };
  }
  const readable = mendSurrogates(text);
  const document = judgingDamage(() => parseDocument(readable, status), readable, deps);
  deps.judge(document, readable);
  return { json: readable === received ? body : Buffer.from(readable), document, ...facts };
}

function parseDocument(text: string, status: number): unknown {
  if (text.trim() === '') throw damaged(status, 'the body is empty');
  return parseJson(text, status, 'the body');
}

/** The judge may know better what a body means that cannot be parsed (a page of HTML, a text that the source names). */
function judgingDamage<Result>(parse: () => Result, text: string, { judge }: BodyDeps): Result {
  try {
    return parse();
  } catch (error) {
    judge(undefined, text);
    throw error;
  }
}
