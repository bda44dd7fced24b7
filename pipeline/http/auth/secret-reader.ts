import type { MaybeSecret } from '../../source/source.ts';
import type { SecretMask } from '../secret-mask.ts';
import type { Secrets } from './secrets.ts';

/** Reads secrets so that whatever was read is hidden from then on. */
export interface SecretReader {
  read: (part: MaybeSecret) => Promise<string>;
  /** Reads anew what was read of these; true when one of them is another now. */
  renew: (parts: readonly MaybeSecret[]) => Promise<boolean>;
  /** For what was obtained with secrets, which is as secret. */
  hide: (text: string) => void;
}

export function createSecretReader(secrets: Secrets, mask: SecretMask): SecretReader {
  const read = async (part: MaybeSecret): Promise<string> => {
    if (typeof part === 'string') return part;
    const value = await secrets.read(part);
    mask.hide(value);
    return value;
  };
  return {
    read,
    hide: (text) => mask.hide(text),
    renew: async (parts) => {
      let changed = false;
      for (const part of parts) {
        if (typeof part === 'string') continue;
        const known = await read(part);
        const value = await secrets.renew(part, known);
        mask.hide(value);
        if (value !== known) changed = true;
      }
      return changed;
    },
  };
}
