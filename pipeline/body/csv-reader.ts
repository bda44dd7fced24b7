import { readRecord, type Cell, type Dialect } from './csv-record.ts';
import { damaged, damagedText, megabytes, tooLarge } from './damage.ts';
import type { RowReader, Rows } from './row-reader.ts';

/** A record that has not ended by then is none: a quote was not closed. */
const longestRecord = 8 * 2 ** 20;

/**
 * Records by the names in the header. Every value is text; an empty one is null, unless it is quoted. Lines end in LF or
 * CRLF; blank lines are left out.
 */
export function csvReader(dialect: Dialect, status: number): RowReader {
  const reader = new CsvReader(dialect, status);
  return { push: (text) => reader.read(text, false), end: () => reader.read('', true) };
}

class CsvReader {
  #dialect: Dialect;
  #status: number;
  #names: string[] | undefined;
  #rest = '';
  #line = 1;

  constructor(dialect: Dialect, status: number) {
    this.#dialect = dialect;
    this.#status = status;
    if (dialect.header !== 'first_line') this.#names = this.#checkNames(dialect.header);
  }

  read(part: string, ended: boolean): Rows {
    const text = this.#rest + part;
    const records: Record<string, Cell>[] = [];
    let at = this.#skipLines(text, ended);
    while (at < text.length && this.#line > this.#dialect.skip_lines) {
      const record = readRecord(text, at, { dialect: this.#dialect, ended });
      if (!record) break;
      if (record.problem !== undefined) throw this.#damaged(record.problem);
      if (record.cells) this.#add(record.cells, records);
      at = record.end;
      this.#line += record.lines;
    }
    this.#rest = text.slice(at);
    if (this.#rest.length > longestRecord) {
      throw tooLarge(
        `the record on line ${this.#line} of the response has more than ${megabytes(longestRecord)}`,
      );
    }
    if (ended && !this.#names) throw damaged(this.#status, 'the body has no header line');
    return { records, json: JSON.stringify(records).slice(1, -1) };
  }

  #skipLines(text: string, ended: boolean): number {
    let at = 0;
    while (this.#line <= this.#dialect.skip_lines && at < text.length) {
      const lineBreak = text.indexOf('\n', at);
      if (lineBreak === -1 && !ended) break;
      at = lineBreak === -1 ? text.length : lineBreak + 1;
      this.#line += 1;
    }
    return at;
  }

  #add(cells: Cell[], records: Record<string, Cell>[]): void {
    if (!this.#names) {
      this.#names = this.#checkNames(cells);
      return;
    }
    const names = this.#names;
    if (cells.length !== names.length) {
      throw this.#damaged(`it has ${count(cells, 'value')}, the header has ${count(names, 'name')}`);
    }
    const record: Record<string, Cell> = {};
    for (const [index, name] of names.entries()) record[name] = cells[index] ?? null;
    records.push(record);
  }

  #checkNames(cells: readonly Cell[]): string[] {
    const names: string[] = [];
    for (const cell of cells) {
      const name = cell?.trim() ?? '';
      if (name === '') throw this.#damaged(`name ${names.length + 1} in the header is empty`);
      if (names.includes(name)) throw this.#nameTwice(name);
      // An object cannot have it as a field: its values would be lost.
      if (name === '__proto__') throw this.#damaged(`'${name}' cannot name a field`);
      if (name.includes('\r')) throw this.#damaged('lines end in CR alone, which CSV does not know');
      names.push(name);
    }
    return names;
  }

  /** A body without a header line begins with data. */
  #nameTwice(name: string): Error {
    const what = `line ${this.#line} of the body is damaged: the header has a name twice`;
    return damagedText(this.#status, { what, quote: `'${name}'` });
  }

  #damaged(what: string): Error {
    return damaged(this.#status, `line ${this.#line} of the body is damaged: ${what}`);
  }
}

function count(list: readonly unknown[], noun: string): string {
  return `${list.length} ${noun}${list.length === 1 ? '' : 's'}`;
}
