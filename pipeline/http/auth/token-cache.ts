/** Tokens of a warm process, by what they were got with. One for all invocations of a function. */
export interface TokenCache {
  entryOf(key: string): TokenEntry;
}

export interface Token {
  value: string;
  /** When it is no longer used, some time before it ends; milliseconds since 1970. */
  goodUntil: number;
}

export interface TokenEntry {
  token?: Token | undefined;
  /** One request for a token at a time. */
  pending?: Promise<Token> | undefined;
  /** When tokens were got because others had been refused. */
  renewals: number[];
  /** A refresh token that replaces another and is not stored yet; with the token that came with it. */
  unsaved?: { replaced: string; value: string; token: Token } | undefined;
}

export function createTokenCache(): TokenCache {
  const entries = new Map<string, TokenEntry>();
  return {
    entryOf: (key) => {
      const entry = entries.get(key) ?? { renewals: [] };
      entries.set(key, entry);
      return entry;
    },
  };
}
