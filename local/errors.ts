import { CatchwaterError } from '../pipeline/errors.ts';

/** A step of the pipeline has not moved for longer than it can take: `step` names it, as the progress lines do. */
export class StalledError extends CatchwaterError {
  override name = 'StalledError';
  step: string;

  constructor(step: string, message: string) {
    super(message);
    this.step = step;
  }
}
