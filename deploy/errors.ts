import { CatchwaterError } from '../pipeline/errors.ts';

/** The user said no, or a time limit ran out: exit code 3. */
export class DeclinedError extends CatchwaterError {
  override name = 'DeclinedError';
}

/** CloudFormation refused or rolled back: the message names the first stack resource that failed, and why. */
export class StackError extends CatchwaterError {
  override name = 'StackError';
}
