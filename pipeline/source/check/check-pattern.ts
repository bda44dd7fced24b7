import type { Report } from '../report.ts';
import type { Path } from '../yaml-span.ts';

/** A regular expression of JavaScript. */
export function checkPattern(text: string, path: Path, report: Report): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/u?: /s, '') : '';
    report(path, `'${text}' is no regular expression: ${reason}`);
    return false;
  }
}

/** One that DuckDB reads too (RE2): without looking around and without back references. */
export function checkTablePattern(text: string, path: Path, report: Report): void {
  if (!checkPattern(text, path, report)) return;
  const odd = /\(\?<?[=!]|\\[1-9]|\\k</.exec(text);
  if (!odd) return;
  const what = odd[0].startsWith('(') ? 'look around' : 'refer back';
  report(path, `'${odd[0]}' cannot be used: the patterns of a table do not ${what} (RE2)`, {
    offset: odd.index,
    length: odd[0].length,
  });
}
