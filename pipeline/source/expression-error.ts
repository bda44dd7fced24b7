import { ConfigError } from '../errors.ts';

/** A template or path that cannot be read; says where in its text, so that the frame's caret stands on the spot. */
export class ExpressionError extends ConfigError {
  override name = 'ExpressionError';
  offset: number;
  length: number;

  constructor(message: string, place: { offset: number; length?: number }) {
    super(message);
    this.offset = place.offset;
    this.length = Math.max(1, place.length ?? 1);
  }
}
