/** One family of errors for the whole product; a subclass only where a caller acts differently. */
export class CatchwaterError extends Error {
  override name = 'CatchwaterError';
  /** Own and enumerable: Lambda's JSON log leaves the built-in one out. */
  override cause?: unknown;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message);
    if (options?.cause !== undefined) this.cause = options.cause;
  }
}

/** The source file, a parameter or the environment is wrong: nothing was done, exit code 2. */
export class ConfigError extends CatchwaterError {
  override name = 'ConfigError';
}

/** The API answered with something that must not land. `retryable`: the same request may go well later. */
export class ResponseError extends CatchwaterError {
  override name = 'ResponseError';
  retryable: boolean;
  /** Milliseconds to wait first, when the API said so. */
  retryAfterMs?: number;

  constructor(message: string, options: { cause?: unknown; retryable: boolean; retryAfterMs?: number }) {
    super(message, options);
    this.retryable = options.retryable;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

/** No usable AWS credentials: exit code 4. */
export class CredentialsError extends CatchwaterError {
  override name = 'CredentialsError';
}
