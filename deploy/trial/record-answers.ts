import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { SecretMask } from '../../pipeline/http/secret-mask.ts';
import type { HttpRequest, Send } from '../../pipeline/http/send-request.ts';
import type { RecordedAnswer } from './fixture.ts';

/** Cookies are keys of their own kind; the others speak of a transport that a recording does not have. */
const left =
  /^(set-cookie|content-length|transfer-encoding|connection|keep-alive|strict-transport-security|content-security-policy)$/;

/** `send`, and a look at everything that passes: what is kept has no secret in it. */
export function recordAnswers(send: Send, mask: SecretMask, keep: (answer: RecordedAnswer) => void): Send {
  return async (request, signal) => {
    // As the API would write it for people; what comes compressed all the same is kept so.
    const plain = { ...request, headers: { ...request.headers, 'accept-encoding': 'identity' } };
    const answer = await send(plain, signal);
    const body = await buffer(answer.body);
    const headers = Object.entries(answer.headers).filter(([name]) => !left.test(name));
    keep({
      ...identify(request, mask),
      status: answer.status,
      headers: Object.fromEntries(headers.map(([name, value]) => [name, mask.mask(value)])),
      ...bodyOf(body, mask),
    });
    return { ...answer, body: Readable.from([body]) };
  };
}

/** What tells requests apart, without secrets: the same whatever the secrets are. */
export function identify(
  request: HttpRequest,
  mask: SecretMask,
): Pick<RecordedAnswer, 'method' | 'url' | 'requestBody'> {
  const { method, url, body } = request;
  return { method, url: mask.mask(url.href), ...(body !== undefined && { requestBody: mask.mask(body) }) };
}

function bodyOf(body: Buffer, mask: SecretMask): Pick<RecordedAnswer, 'body' | 'base64'> {
  try {
    return { body: mask.mask(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)) };
  } catch {
    return { base64: body.toString('base64') };
  }
}
