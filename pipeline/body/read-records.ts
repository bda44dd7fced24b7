import { createHash } from 'node:crypto';
import { CatchwaterError } from '../errors.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import type { BodyDeps, BodyFacts, BodyForm, BodyReading, Piece } from './body-form.ts';
import { ByteWindow } from './byte-window.ts';
import { megabytes } from './damage.ts';
import { decodeBody } from './decode-body.ts';
import { parseWhole } from './parse-whole.ts';
import { readUpTo } from './read-up-to.ts';
import { rowReader } from './row-reader.ts';
import { streamJson } from './stream-json.ts';
import { streamRows } from './stream-rows.ts';
import { defaultPieceBytes, takeRecords, uncut } from './take-records.ts';

/**
 * From the bytes of a response to the texts that its raw lines carry. A body that fits into one line is parsed whole, once,
 * and keeps its text; a larger list streams. Throws HttpError for what is damaged, and what the connection threw.
 */
export function readRecords(answer: HttpAnswer, form: BodyForm, deps: BodyDeps): BodyReading {
  const reading: Reading = {};
  return {
    pieces: readInto(reading, answer, { form, deps }),
    facts: () => {
      if (!reading.facts) throw new CatchwaterError('the body has not been read to its end');
      return reading.facts;
    },
  };
}

interface Reading {
  facts?: BodyFacts;
}

/** A function of its own: V8 keeps all that a generator made on the spot can see until memory is cleaned up thoroughly. */
async function* readInto(
  reading: Reading,
  answer: HttpAnswer,
  { form, deps }: { form: BodyForm; deps: BodyDeps },
): AsyncGenerator<Piece> {
  reading.facts = yield* readPieces(answer, form, deps);
}

async function* readPieces(
  answer: HttpAnswer,
  form: BodyForm,
  deps: BodyDeps,
): AsyncGenerator<Piece, BodyFacts> {
  const { status } = answer;
  const maxBytes = form.maxPieceBytes ?? defaultPieceBytes;
  const source = decodeBody(answer, form.response);
  try {
    const { first, whole } = await readUpTo(source, maxBytes);
    if (whole) {
      const { json, document, digest, bytes } = parseWhole(first, status, {
        ...deps,
        response: form.response,
      });
      const { pieces, ...counts } = takeRecords(json, document, form);
      yield* pieces;
      return { document, ...counts, digest, bytes };
    }
    if (form.shape !== 'list') throw uncut(`more than ${megabytes(maxBytes)}`, form);
    const counted = countBytes(first, source);
    const window = new ByteWindow(first, counted.rest);
    const reader = rowReader(form.response, status);
    const options = { form, deps, status, maxBytes };
    const taken = reader ? yield* streamRows(reader, window, options) : yield* streamJson(window, options);
    return { ...taken, ...counted.facts() };
  } finally {
    // Whoever stops early closes the connection.
    await source.return(undefined);
  }
}

interface CountedBytes {
  rest: AsyncIterator<Buffer>;
  facts: () => Pick<BodyFacts, 'digest' | 'bytes'>;
}

function countBytes(first: Buffer, source: AsyncGenerator<Buffer>): CountedBytes {
  const hash = createHash('sha256').update(first);
  let bytes = first.length;
  return {
    rest: (async function* rest() {
      for await (const chunk of source) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    })(),
    facts: () => ({ digest: hash.digest('hex'), bytes }),
  };
}
