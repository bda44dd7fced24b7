import type { Credential } from './credential.ts';
import { TokenRefusal } from './token-refusal.ts';
import type { Token, TokenEntry } from './token-cache.ts';

/** An API that refuses every token must not be asked for one with each request. */
const mostRenewals = 3;
const withinMs = 60_000;
/** A wrong password that is tried again and again locks an account. */
const refusalHoldsMs = 60_000;

/** A token that is got once and used by all until shortly before its end, or until the API refuses it. */
export function tokenCredential(
  entry: TokenEntry,
  obtain: () => Promise<Token>,
  now: () => Date,
): Credential {
  const time = (): number => now().getTime();
  let refusal: { error: TokenRefusal; at: number } | undefined;

  const request = async (): Promise<Token> => {
    try {
      const token = await obtain();
      entry.token = token;
      return token;
    } catch (error) {
      if (error instanceof TokenRefusal) refusal = { error, at: time() };
      throw error;
    } finally {
      entry.pending = undefined;
    }
  };

  const current = async (): Promise<string> => {
    if (entry.pending) return (await entry.pending).value;
    if (entry.token && time() < entry.token.goodUntil) return entry.token.value;
    if (refusal && time() < refusal.at + refusalHoldsMs) throw refusal.error;
    entry.pending = request();
    return (await entry.pending).value;
  };

  return {
    current,
    renew: async (refused) => {
      // Many requests are refused at once: the first of them asks for all.
      if (entry.pending || entry.token?.value !== refused) return current();
      entry.renewals = entry.renewals.filter((at) => time() < at + withinMs);
      if (entry.renewals.length >= mostRenewals) return refused;
      entry.renewals.push(time());
      entry.token = undefined;
      return current();
    },
  };
}
