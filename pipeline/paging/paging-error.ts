import { HttpError } from '../http/http-error.ts';

/** Pages that do not fit together: nothing of them may land. Asking again helps only where the data moved meanwhile. */
export function pagingError(message: string, { retryable = false } = {}): HttpError {
  return new HttpError(message, { retryable });
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
