import { ResponseError } from '../errors.ts';

interface HttpErrorOptions {
  cause?: unknown;
  retryable: boolean;
  retryAfterMs?: number | undefined;
  status?: number | undefined;
}

/** A request that gave nothing that may land. Without `status` no answer arrived. */
export class HttpError extends ResponseError {
  override name = 'HttpError';
  status?: number;

  constructor(message: string, { status, retryAfterMs, ...options }: HttpErrorOptions) {
    super(message, { ...options, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    if (status !== undefined) this.status = status;
  }
}
