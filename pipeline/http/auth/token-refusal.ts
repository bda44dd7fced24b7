import { errorReason } from '../error-reason.ts';
import { HttpError } from '../http-error.ts';

/** The token endpoint knows the client and says no: the same secrets will not do better. */
export class TokenRefusal extends HttpError {
  override name = 'TokenRefusal';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, { ...options, retryable: false });
  }
}

interface Refused {
  status: number;
  /** The body. */
  text: string;
  /** What the endpoint asks for, milliseconds. */
  retryAfterMs?: number | undefined;
}

const refusals = new Set([200, 400, 401, 403]);
/** RFC 6749, 4.1.2.1, and what hosts have made of it: not the client's fault. */
const passing = /^(temporarily_unavailable|server_error|slow_down|internal_failure|rate_limit\w*)$/i;

/** What a token endpoint says instead of a token. */
export function tokenError({ status, text, retryAfterMs }: Refused): HttpError {
  const code = errorCode(text);
  const reason = errorReason(text);
  const said = [code, reason === code ? '' : reason].filter(Boolean).join(', ');
  const message = `${status}${said && `: ${said}`}`;
  const later = status >= 500 || [408, 425, 429].includes(status) || passing.test(code);
  const retryable = later || retryAfterMs !== undefined;
  if (!retryable && refusals.has(status)) return new TokenRefusal(message);
  return new HttpError(message, { status, retryable, retryAfterMs });
}

/** `invalid_grant` and the like, which says more than the words beside it. */
function errorCode(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' && /^[\w.-]{1,60}$/.test(error) ? error : '';
  } catch {
    return '';
  }
}
