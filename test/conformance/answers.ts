/** Short words for frequent answers. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Answer } from './api-server.ts';

/** A list of records that have nothing but an id. */
export function ids(...numbers: (number | string)[]): Answer {
  return { json: numbers.map((id) => ({ id })) };
}

/** The records in an envelope, below `items`. */
export function envelope(numbers: (number | string)[], more: Record<string, unknown> = {}): Answer {
  return { json: { items: numbers.map((id) => ({ id })), ...more } };
}

export function json(value: unknown, headers: Record<string, string> = {}): Answer {
  return { json: value, headers };
}

export function refusal(status: number, text = 'no', headers: Record<string, string> = {}): Answer {
  return { status, text, headers };
}

export function linked(answer: Answer, link: string): Answer {
  return { ...answer, headers: { ...answer.headers, link } };
}

/** A recorded body, by its path below test/samples. */
export function recorded(path: string, more: Answer = {}): Answer {
  const bytes = readFileSync(resolve(import.meta.dirname, '../samples', path));
  return { bytes, headers: { 'content-type': 'application/json' }, ...more };
}

/** A recorded body whose host is this API's. */
export function recordedHere(path: string, host: string, more: Answer = {}): Answer {
  const { bytes, ...answer } = recorded(path, more);
  return { ...answer, text: (bytes ?? Buffer.alloc(0)).toString().replaceAll(host, '{api}') };
}
