import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { HttpError } from './http-error.ts';
import type { HttpAnswer } from './send-request.ts';

const decoders = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The whole body, decompressed; `maxBytes` counts after decompression, so that a small answer cannot unfold without end.
 */
export async function readBody(answer: HttpAnswer, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop early closes the connection.
    for await (const chunk of decoded(answer) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(answer.status, maxBytes);
    }
  } catch (error) {
    throw bodyError(error, answer.status);
  }
  return Buffer.concat(chunks);
}

/** The beginning of an error page. Its status is what counts: a body that breaks off does not hide it. */
export async function readBeginning(answer: HttpAnswer, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded(answer) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) break;
    }
  } catch {
    // What has arrived is enough.
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxBytes);
}

function decoded(answer: HttpAnswer): Readable {
  let stream = answer.body.on('error', () => undefined);
  // A failure of one is handed to the next, and thrown where the last is read.
  for (const decoder of decodersOf(answer)) stream = pipeline(stream, decoder, () => undefined);
  return stream;
}

function decodersOf({ status, headers, body }: HttpAnswer) {
  const encodings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
  return encodings.toReversed().map((encoding) => {
    const create = Object.hasOwn(decoders, encoding)
      ? decoders[encoding as keyof typeof decoders]
      : undefined;
    if (create) return create();
    body.destroy();
    throw new HttpError(`the body is encoded as '${encoding}', which was not asked for`, {
      status,
      retryable: false,
    });
  });
}

/** A body that does not unpack is the answer's fault; anything else is the connection's and passes as it is. */
function bodyError(error: unknown, status: number): unknown {
  if (error instanceof HttpError) return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== 'string' || !/^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/.test(code)) return error;
  return new HttpError(`the compressed body is damaged or cut short (${code})`, {
    cause: error,
    status,
    retryable: true,
  });
}

function tooLarge(status: number, maxBytes: number): HttpError {
  return new HttpError(
    `the response is larger than ${Math.ceil(maxBytes / 2 ** 20)} MB, the most that one may have; ask for less per request ` +
      `(a shorter time range, fewer fields, smaller pages)`,
    { status, retryable: false },
  );
}
