import type { BodyDeps, Piece } from './body-form.ts';
import type { ByteWindow } from './byte-window.ts';
import { damaged } from './damage.ts';
import { ListTaker } from './list-taker.ts';
import { mendSurrogates } from './mend-surrogates.ts';
import type { RowReader, Rows } from './row-reader.ts';
import { runBytes, streamedPieces, type StreamFacts, type StreamOptions } from './stream-json.ts';

const shownBytes = 64 * 1024;

/** The records of NDJSON or CSV that is too large for memory, piece by piece: each is a list. */
export async function* streamRows(
  reader: RowReader,
  window: ByteWindow,
  { form, deps, status, maxBytes }: StreamOptions,
): AsyncGenerator<Piece, StreamFacts> {
  const beginning = deps.mask.maskBody(window.bytes.toString('utf8', 0, shownBytes));
  const taker = new ListTaker(
    form,
    streamedPieces({ before: Buffer.from('['), after: Buffer.from(']'), maxBytes }),
  );
  const take = (rows: Rows): Iterable<Piece> => {
    const { json, records } = maskRows(rows, deps);
    return taker.take(Buffer.from(json), records);
  };
  for await (const text of textsOf(window, status)) yield* take(reader.push(text));
  yield* take(reader.end());
  deps.judge([], beginning);
  yield* taker.finish();
  const { records, kept, lastRecord } = taker.visitor;
  return { document: [], records, kept, lastRecord };
}

export function maskRows(rows: Rows, { mask }: BodyDeps): Rows {
  const json = mendSurrogates(mask.maskBody(rows.json));
  return json === rows.json ? rows : { json, records: JSON.parse(`[${json}]`) as unknown[] };
}

/** The window's bytes and all that follow, a stretch at a time. */
async function* textsOf(window: ByteWindow, status: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    do {
      while (window.bytes.length > 0) {
        const stretch = window.bytes.subarray(0, runBytes);
        yield decoder.decode(stretch, { stream: true });
        window.drop(stretch.length);
      }
    } while (await window.more());
    decoder.decode();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw damaged(status, 'the body is not utf-8; if it is in another charset, name it (`charset`)', error);
  }
}
