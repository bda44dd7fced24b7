import type { HttpAnswer } from '../http/send-request.ts';
import type { ResponseFormat } from '../source/source.ts';
import type { BodyDeps } from './body-form.ts';
import { megabytes, tooLarge } from './damage.ts';
import { decodeBody } from './decode-body.ts';
import { parseWhole, type WholeBody } from './parse-whole.ts';
import { readUpTo } from './read-up-to.ts';

/** Text and parsed form are in memory at once. */
const mostBytes = 32 * 2 ** 20;

interface WholeOptions extends BodyDeps {
  response: ResponseFormat;
  /** Default: `mostBytes`. */
  maxBytes?: number;
}

/** For grouped slices: the judged body of a response, to be cut by `splitAnswers`. */
export async function readWhole(
  answer: HttpAnswer,
  { maxBytes = mostBytes, ...options }: WholeOptions,
): Promise<WholeBody> {
  const source = decodeBody(answer, options.response);
  try {
    const { first, whole } = await readUpTo(source, maxBytes);
    if (!whole)
      throw tooLarge(`the response has more than ${megabytes(maxBytes)}, the most that a group may have`);
    return parseWhole(first, answer.status, options);
  } finally {
    await source.return(undefined);
  }
}
