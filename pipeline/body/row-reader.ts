import type { ResponseFormat } from '../source/source.ts';
import { csvReader } from './csv-reader.ts';
import { ndjsonReader } from './ndjson-reader.ts';

/** Records of one stretch of text. */
export interface Rows {
  records: unknown[];
  /** The records as JSON, with commas between them. */
  json: string;
}

/** Turns text that comes in parts into records, those that are whole. */
export interface RowReader {
  push(text: string): Rows;
  /** What is left when the text has ended. */
  end(): Rows;
}

/** Undefined for JSON, which is no sequence of lines. */
export function rowReader(response: ResponseFormat, status: number): RowReader | undefined {
  if (response.format === 'ndjson') return ndjsonReader(status);
  if (response.format === 'csv') return csvReader(response.csv ?? plainCsv, status);
  return undefined;
}

const plainCsv = { delimiter: ',', quote: '"', header: 'first_line', skip_lines: 0 } as const;
