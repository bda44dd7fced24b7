import { pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { HttpError } from '../http/http-error.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import { damaged } from './damage.ts';
import { peek } from './peek.ts';
import { isZip, unzipFile } from './unzip-file.ts';

type Bytes = AsyncIterable<Buffer>;

const chunkSize = 64 * 1024;

const decoders: Record<string, (head: Buffer) => Transform> = {
  gzip: () => createGunzip({ chunkSize }),
  'x-gzip': () => createGunzip({ chunkSize }),
  // By the standard with a zlib header; some servers leave it out.
  deflate: (head) => (hasZlibHeader(head) ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize })),
  br: () => createBrotliDecompress({ chunkSize }),
};

/**
 * The body without compression: as Content-Encoding says, and then as its own first bytes say, because many hosts serve a
 * `.gz` or `.zip` file as it is.
 */
export async function* unpackBody(answer: HttpAnswer): AsyncGenerator<Buffer> {
  const { status } = answer;
  // Nobody may be listening when the connection fails.
  let bytes: Bytes = answer.body.on('error', () => undefined);
  try {
    for (const decoder of decodersOf(answer)) {
      const { head, all } = await peek(bytes, 2);
      bytes = head.length === 0 ? all : through(all, decoder(head));
    }
    const { head, all } = await peek(bytes, 4);
    if (isGzip(head)) yield* through(all, createGunzip({ chunkSize }));
    else if (isZip(head)) yield* unzipFile(all, status);
    else yield* all;
  } catch (error) {
    throw unpackError(error, status);
  } finally {
    answer.body.destroy();
  }
}

function through(bytes: Bytes, decoder: Transform): Bytes {
  // A failure of one is handed to the next, and thrown where the last is read.
  return pipeline(bytes, decoder, () => undefined);
}

function decodersOf({ status, headers, body }: HttpAnswer) {
  const encodings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity');
  return encodings.toReversed().map((encoding) => {
    const create = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined;
    if (create) return create;
    body.destroy();
    throw new HttpError(`the body is encoded as '${encoding}', which was not asked for`, {
      status,
      retryable: false,
    });
  });
}

function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** RFC 1950: method 8, and the two bytes as one number a multiple of 31. */
function hasZlibHeader(head: Buffer): boolean {
  const [first = 0, second = 0] = head;
  return first % 16 === 8 && (first * 256 + second) % 31 === 0;
}

/** A body that does not unpack is the answer's fault; anything else is the connection's and passes as it is. */
function unpackError(error: unknown, status: number): unknown {
  if (error instanceof HttpError) return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== 'string' || !/^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT|ERR_PADDING)/.test(code)) return error;
  return damaged(status, `the compressed body is damaged or cut short (${code})`, error);
}
