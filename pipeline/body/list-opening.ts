import { formatJsonPath, type JsonPath } from '../source/json-path.ts';
import { damagedText, ends, megabytes } from './damage.ts';
import { openList } from './json-scanner.ts';
import { onlyValue } from './only-value.ts';

/** Of a body that is too large for memory: what comes before the elements of its list, and what closes it again. */
export interface ListOpening {
  /** Bytes to the list's bracket, that included. */
  length: number;
  /** Together with what precedes the elements, this makes a whole document. */
  closing: string;
}

/** `beginning` is as much of the body as has been read. */
export function openingOf(beginning: Buffer, selector: JsonPath, status: number): ListOpening {
  const list = findStart(beginning, selector);
  if (list === undefined || beginning[list] !== openList) {
    const place = `data_selector ${formatJsonPath(selector)}`;
    const found =
      list === undefined
        ? 'nothing'
        : `a value that begins with '${String.fromCodePoint(beginning[list] ?? 0)}'`;
    throw damagedText(status, {
      what: `${place} finds ${found} instead of a list in its first ${megabytes(beginning.length)}`,
      quote: ends(beginning.toString('utf8', 0, 200)),
    });
  }
  const closing = selector.map((step) => (typeof step === 'number' ? ']' : '}')).toReversed();
  return { length: list + 1, closing: `]${closing.join('')}` };
}

function findStart(beginning: Buffer, selector: JsonPath): number | undefined {
  const start = onlyValue(beginning, selector)?.start;
  return start !== undefined && start < beginning.length ? start : undefined;
}
