import { CommanderError } from 'commander';
import { CatchwaterError, ConfigError, CredentialsError } from '../pipeline/errors.ts';
import { DeclinedError } from './errors.ts';

export interface Explained {
  exitCode: number;
  name: string;
  message: string;
}

/** 1 failed · 2 usage or configuration · 3 declined or timed out · 4 credentials · 130 Ctrl-C. */
export function explainError(error: unknown): Explained {
  if (!(error instanceof Error)) return { exitCode: 1, name: 'Error', message: String(error) };
  return { exitCode: exitCode(error), name: error.name, message: describe(error) };
}

function exitCode(error: Error): number {
  if (error instanceof ConfigError || error instanceof CommanderError) return 2;
  if (error instanceof DeclinedError) return 3;
  if (error instanceof CredentialsError || isExpired(error)) return 4;
  return error.name === 'AbortError' ? 130 : 1;
}

function describe(error: Error): string {
  if (isExpired(error))
    return `the AWS credentials have expired: ${error.message}\nSign in again, then repeat the command.`;
  if (error instanceof CommanderError) return error.message.replace(/^error: /, '');
  if (error instanceof CatchwaterError) return [error.message, ...causes(error.cause)].join('\n');
  // The SDK's errors carry the name by which AWS documents them.
  if ('$metadata' in error) return `AWS answered ${error.name}: ${error.message}`;
  // Files and the network: what failed is said, our own code is not to blame.
  if ('code' in error || error.name === 'AbortError') return error.message;
  return error.stack ?? error.message;
}

/** What the message does not say itself yet. */
function causes(cause: unknown): string[] {
  if (!(cause instanceof Error) || cause.name === 'CredentialsProviderError') return [];
  return [`because: ${cause.name}: ${cause.message}`, ...causes(cause.cause)];
}

function isExpired(error: Error): boolean {
  return ['ExpiredToken', 'ExpiredTokenException', 'CredentialsProviderError'].includes(error.name);
}
