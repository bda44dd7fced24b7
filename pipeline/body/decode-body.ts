import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { HttpError } from '../http/http-error.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import type { ResponseFormat } from '../source/source.ts';
import { damaged } from './damage.ts';
import { peek } from './peek.ts';
import { unpackBody } from './unpack-body.ts';

/** Small on the way, it could unfold without end. */
const mostBytes = 16 * 2 ** 30;

/** The body in UTF-8, unpacked, without a byte order mark. UTF-8 itself is not checked here: `decodeUtf8` does. */
export async function* decodeBody(answer: HttpAnswer, response: ResponseFormat): AsyncGenerator<Buffer> {
  const { head, all } = await peek(unpackBody(answer), 3);
  const label = response.charset ?? markedCharset(head) ?? namedCharset(answer) ?? 'utf-8';
  const decoder = decoderFor(label, answer);
  let size = 0;
  let skip = decoder.encoding === 'utf-8' && markedCharset(head) === 'utf-8' ? 3 : 0;
  for await (const chunk of all) {
    size += chunk.length;
    if (size > mostBytes) {
      throw new HttpError(`the response unfolds to more than ${mostBytes / 2 ** 30} GB`, {
        status: answer.status,
        retryable: false,
      });
    }
    yield decoder.encoding === 'utf-8' ? chunk.subarray(skip) : transcode(decoder, chunk, answer);
    skip = 0;
  }
  if (decoder.encoding !== 'utf-8') yield transcode(decoder, undefined, answer);
}

/** Throws for bytes that are no UTF-8; they begin and end with whole characters. */
export function decodeUtf8(bytes: Buffer, status: number): string {
  if (!isUtf8(bytes)) throw notIn('utf-8', status);
  return bytes.toString('utf8');
}

/** For an error page: whatever of it can be read. */
export function charsetOf(answer: HttpAnswer): string {
  return namedCharset(answer) ?? 'utf-8';
}

function transcode(decoder: TextDecoder, chunk: Buffer | undefined, { status }: HttpAnswer): Buffer {
  try {
    return Buffer.from(chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode());
  } catch (cause) {
    throw notIn(decoder.encoding, status, cause);
  }
}

function notIn(charset: string, status: number, cause?: unknown): HttpError {
  return damaged(
    status,
    `the body is not ${charset}; if it is in another charset, name it (\`charset\`)`,
    cause,
  );
}

function decoderFor(label: string, { status, body }: HttpAnswer): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    body.destroy();
    const message = `${status}, but nobody knows its charset '${label}'; name the right one (\`charset\`)`;
    throw new HttpError(message, { cause, status, retryable: false });
  }
}

function namedCharset({ headers }: HttpAnswer): string | undefined {
  return /charset="?([^\s;"]+)/i.exec(headers['content-type'] ?? '')?.[1];
}

function markedCharset(head: Buffer): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}
