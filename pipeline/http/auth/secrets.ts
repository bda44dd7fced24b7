import type { SecretReference } from '../../source/source.ts';

/** Secrets by name, wherever they are stored. */
export interface Secrets {
  /** The value, from memory where it is fresh enough. */
  read(reference: SecretReference): Promise<string>;
  /** The value after `refused` was turned down: read anew, unless someone has done so already. */
  renew(reference: SecretReference, refused: string): Promise<string>;
  /** The value as it is stored at this moment. */
  readAnew(reference: SecretReference): Promise<string>;
  /**
   * Stores `value` where `replaced` was; answers with what is stored then. That is another value if somebody was faster:
   * theirs stays.
   */
  replace(reference: SecretReference, replaced: string, value: string): Promise<string>;
}
