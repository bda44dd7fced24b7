import { CatchwaterError } from '../errors.ts';
import { HttpError } from '../http/http-error.ts';
import type { Position } from './task.ts';

/** A failure of the moment in the middle of a window: another attempt may go on from the position. */
export class InterruptedFetch extends CatchwaterError {
  override name = 'InterruptedFetch';
  position: Position;

  constructor(cause: HttpError, position: Position) {
    super(cause.message, { cause });
    this.position = position;
  }
}

/** Whether the same requests may go well later. */
export function isOfTheMoment(error: unknown): error is HttpError {
  return error instanceof HttpError && error.retryable;
}
