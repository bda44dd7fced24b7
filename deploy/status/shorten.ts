const longest = 300;

/** Of an error in the API's words: as much as people read; `--json` has all of it. */
export function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
