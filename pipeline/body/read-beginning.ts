import type { HttpAnswer } from '../http/send-request.ts';
import { charsetOf } from './decode-body.ts';
import { unpackBody } from './unpack-body.ts';

/** The beginning of an error page. Its status is what counts: a body that breaks off does not hide it. */
export async function readBeginning(answer: HttpAnswer, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Leaving the loop early closes the connection.
    for await (const chunk of unpackBody(answer)) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= maxBytes) break;
    }
  } catch {
    // What has arrived is enough.
  }
  return textOf(Buffer.concat(chunks).subarray(0, maxBytes), charsetOf(answer));
}

function textOf(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return bytes.toString('utf8');
  }
}
