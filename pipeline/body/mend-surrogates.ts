/**
 * Half a surrogate pair (`\ud83c` alone), as APIs write that cut texts in the middle of an emoji: JSON allows it, Unicode does
 * not, and DuckDB's reader refuses the whole line for it. It becomes U+FFFD, which is what any decoder makes of it.
 */
export function mendSurrogates(json: string): string {
  if (!json.includes(String.raw`\ud`) && !json.includes(String.raw`\uD`)) return json;
  return json.replaceAll(escapes, (escape) => (isHalf.test(escape) ? String.raw`\ufffd` : escape));
}

/** Each escape as a whole: `\\ud800` is a backslash and a word. Pairs come first, what is left of them is half. */
const escapes =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|.)/g;
const isHalf = /^\\u[dD][89a-fA-F]..$/;
