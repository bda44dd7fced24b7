import { megabytes, parseJson, tooLarge } from './damage.ts';
import type { RowReader, Rows } from './row-reader.ts';

/** A line that has not ended by then is no line. */
const longestLine = 8 * 2 ** 20;

/** One JSON value per line; blank lines are left out. Each keeps its own text. */
export function ndjsonReader(status: number): RowReader {
  let rest = '';
  let number = 0;
  const read = (lines: string[]): Rows => {
    const records: unknown[] = [];
    const texts: string[] = [];
    for (const line of lines) {
      number += 1;
      const text = line.trim();
      if (text === '') continue;
      records.push(parseJson(text, status, `line ${number} of the body`));
      texts.push(text);
    }
    return { records, json: texts.join(',') };
  };
  return {
    push: (text) => {
      const lines = text.split('\n');
      lines[0] = rest + (lines[0] ?? '');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) {
        throw tooLarge(
          `line ${number + lines.length + 1} of the response has more than ${megabytes(longestLine)}`,
        );
      }
      return read(lines);
    },
    end: () => {
      const last = rest;
      rest = '';
      return read([last]);
    },
  };
}
