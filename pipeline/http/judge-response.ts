import type { ResponseFilter, ResponseFormat } from '../source/source.ts';
import { errorReason } from './error-reason.ts';
import { HttpError } from './http-error.ts';
import { judgeDocument, judgeRecords, type Expectation } from './judge-body.ts';
import { checkContentType, isDataType, isSuccess, statusError, type AnswerHead } from './judge-status.ts';
import { rateLimitWaitMs } from './rate-limit-wait.ts';
import { compileRules, type ResponseRule } from './response-rules.ts';
import type { HttpRequest } from './send-request.ts';

/** What becomes of an answer that is no error; `reason` and `warning` are for logs, after the mask. */
export type Verdict =
  | { land: true; warning?: string }
  /** `none`: no records, and that is fine; `stop`: no further page either; `unchanged`: as the validators say (304). */
  | { land: false; outcome: 'none' | 'stop' | 'unchanged'; reason: string };

/** All three throw an HttpError for an answer that means one. */
export interface ResponseJudge {
  /** Whether the body may hold records: then it is read whole and judged by `document`, else its beginning by `text`. */
  mayLand(head: AnswerHead): boolean;
  /**
   * An answer without a document: only its beginning was read, or its body cannot be parsed. Undefined: status and media
   * type promise data, so the parser's own error stands.
   */
  text(head: AnswerHead, text: string, request: HttpRequest): Verdict | undefined;
  /** A parsed body; `text`: all of it, or its beginning. */
  document(head: AnswerHead, text: string, document: unknown): Verdict;
  /** One slice's answer out of a body that has several. */
  answer(head: AnswerHead, document: unknown): void;
}

export interface JudgeOptions {
  filters: readonly ResponseFilter[];
  expected: Expectation;
  /** Default: JSON. */
  format?: ResponseFormat['format'] | undefined;
  /** The body holds the answers of several slices: where the records are is judged in each `answer`. */
  grouped?: boolean | undefined;
  now: () => Date;
}

/** The source's own rules first, the first that applies decides; then the built-in ones. */
export function createJudge({
  filters,
  expected,
  format = 'json',
  grouped,
  now,
}: JudgeOptions): ResponseJudge {
  const rules = compileRules(filters);
  const successRules = rules.filter(({ action }) => action === 'success');
  const decide = (head: AnswerHead, text: string, document: unknown): Verdict | undefined => {
    const rule = rules.find((one) => one.applies(head, text, document));
    return rule && verdictOf(rule, head, { text, now: now() });
  };
  /** The built-in rules for everything before the body. */
  const checkHead = (head: AnswerHead, text: string): void => {
    if (!isSuccess(head.status)) throw statusError(head, text, now());
    checkContentType(head, text, format);
  };
  return {
    mayLand: (head) =>
      (isSuccess(head.status) && head.status !== 204 && isDataType(head, format)) ||
      successRules.some((rule) => rule.fitsHead(head)),
    text: (head, text, request) => {
      const verdict = decide(head, text, parsed(text));
      if (verdict) return verdict.land ? undefined : verdict;
      if (head.status === 204) return noContent;
      if (head.status === 304 && isConditional(request)) return notModified;
      checkHead(head, text);
      return undefined;
    },
    document: (head, text, document) => {
      const verdict = decide(head, text, document);
      if (verdict && !verdict.land) return verdict;
      if (!verdict) {
        checkHead(head, text);
        judgeDocument(document, expected, { head, now: now() });
      }
      if (!grouped) judgeRecords(document, head.status, expected);
      return verdict ?? (head.status === 203 ? notTheOriginal : { land: true });
    },
    answer: (head, document) => {
      judgeDocument(document, expected, { head, now: now() });
      judgeRecords(document, head.status, expected);
    },
  };
}

const noContent: Verdict = {
  land: false,
  outcome: 'none',
  reason: '204: the API says that there is nothing',
};
const notModified: Verdict = { land: false, outcome: 'unchanged', reason: '304: nothing has changed' };
const notTheOriginal: Verdict = {
  land: true,
  warning: '203: the product is deprecated, or a proxy has changed the answer',
};

function isConditional({ headers }: HttpRequest): boolean {
  return headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined;
}

interface Said {
  text: string;
  now: Date;
}

function verdictOf({ action, message }: ResponseRule, head: AnswerHead, { text, now }: Said): Verdict {
  if (action === 'success') return { land: true };
  const { status } = head;
  const words = message ?? errorReason(text);
  const reason = `${status}${words && `: ${words}`}`;
  if (action === 'ignore') return { land: false, outcome: 'none', reason };
  if (action === 'stop_paging') return { land: false, outcome: 'stop', reason };
  // What stands under another status is what the API says of the request, no data.
  const quoted = message === undefined && isSuccess(status);
  const unquoted = quoted ? `${status}: a response filter with the action ${action} applies` : undefined;
  const known = { status, unquoted };
  if (action === 'fail') throw new HttpError(reason, { ...known, retryable: false });
  if (action === 'refresh_token')
    throw new HttpError(reason, { ...known, retryable: false, refreshToken: true });
  const rateLimited = action === 'rate_limited';
  const retryAfterMs = rateLimitWaitMs(head, { text, now, ...(rateLimited && { limited: true }) });
  throw new HttpError(reason, { ...known, retryable: true, retryAfterMs, rateLimited });
}

/** Of the beginning of a body: what is not whole, or no JSON, has no values. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
