import type { ResponseFormat } from '../source/source.ts';

export type Dialect = NonNullable<ResponseFormat['csv']>;
export type Cell = string | null;

export interface CsvRecord {
  /** None: a line that is left out. */
  cells?: Cell[];
  /** Of the text, after the line break. */
  end: number;
  /** Lines that it takes. */
  lines: number;
  /** Why it cannot be read. */
  problem?: string;
}

const lineEnd = /\r?(?:\n|$)/y;

/**
 * The record that begins at `start`, a line's beginning; undefined when its end has not come yet. A quote begins a quoted
 * value only as its first character, anywhere else it stands for itself.
 */
export function readRecord(
  text: string,
  start: number,
  { dialect, ended }: { dialect: Dialect; ended: boolean },
): CsvRecord | undefined {
  const { comment, delimiter, quote } = dialect;
  const lineBreak = text.indexOf('\n', start);
  if (lineBreak === -1 && !ended) return undefined;
  const line = text.slice(start, contentEnd(text, lineBreak));
  const next = lineBreak === -1 ? text.length : lineBreak + 1;
  if (line === '' || (comment !== undefined && line.startsWith(comment))) return { end: next, lines: 1 };
  if (quote !== '' && line.includes(quote)) return quotedRecord(text, start, { dialect, ended });
  return { cells: line.split(delimiter).map(plainCell), end: next, lines: 1 };
}

function quotedRecord(
  text: string,
  start: number,
  { dialect, ended }: { dialect: Dialect; ended: boolean },
): CsvRecord | undefined {
  const { delimiter, quote } = dialect;
  const cells: Cell[] = [];
  let at = start;
  for (;;) {
    if (text.startsWith(quote, at)) {
      const cell = quotedCell(text, at, quote);
      if (!cell) return ended ? broken('a quoted value in it does not end') : undefined;
      cells.push(cell.value);
      at = cell.end;
    } else {
      const end = plainEnd(text, at, delimiter);
      cells.push(plainCell(text.slice(at, end)));
      at = end;
    }
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length;
      continue;
    }
    lineEnd.lastIndex = at;
    const found = lineEnd.exec(text)?.[0];
    const missing = Math.max(2, delimiter.length) - (text.length - at);
    if (!ended && missing > 0 && !found?.endsWith('\n')) return undefined;
    if (found !== undefined) return { cells, end: at + found.length, lines: linesIn(text, start, at) + 1 };
    return broken(
      `'${text.slice(at, at + 1)}' follows a closing quote; a quote within a quoted value is doubled`,
    );
  }
}

function quotedCell(text: string, start: number, quote: string): { value: string; end: number } | undefined {
  let value = '';
  let from = start + quote.length;
  for (;;) {
    const close = text.indexOf(quote, from);
    if (close === -1) return undefined;
    value += text.slice(from, close);
    from = close + quote.length;
    if (!text.startsWith(quote, from)) return { value, end: from };
    value += quote;
    from += quote.length;
  }
}

/** Where a value without quotes ends: at the delimiter, the line break or the end. */
function plainEnd(text: string, start: number, delimiter: string): number {
  const end = contentEnd(text, text.indexOf('\n', start));
  const cut = text.indexOf(delimiter, start);
  return cut === -1 || cut > end ? end : cut;
}

/** The line break is LF or CRLF; without one the text ends here. */
function contentEnd(text: string, lineBreak: number): number {
  const end = lineBreak === -1 ? text.length : lineBreak;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function plainCell(text: string): Cell {
  return text === '' ? null : text;
}

function broken(problem: string): CsvRecord {
  return { end: 0, lines: 0, problem };
}

/** Line breaks within quoted values. */
function linesIn(text: string, start: number, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
