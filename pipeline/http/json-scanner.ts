/**
 * Finds values in the bytes of a JSON document without taking it apart, so that parts of it can be kept as they are.
 * The document is known to be valid. Works on UTF-8: what has a meaning in JSON is ASCII.
 */
import type { JsonPath } from '../source/json-path.ts';

/** Half-open, in bytes. */
export interface Span {
  start: number;
  end: number;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/** Where the value is that the path leads to; undefined when there is none. */
export function findValue(json: Buffer, path: JsonPath): Span | undefined {
  let start = skipSpace(json, 0);
  for (const step of path) {
    const next = typeof step === 'number' ? elementAt(json, start, step) : memberOf(json, start, step);
    if (next === undefined) return undefined;
    start = next;
  }
  return { start, end: endOfValue(json, start) };
}

/** The elements of the list that begins at `start`, in order. */
export function* elementsOf(json: Buffer, start: number): Generator<Span> {
  if (json[start] !== openList) return;
  let at = skipSpace(json, start + 1);
  while (json[at] !== closeList) {
    const end = endOfValue(json, at);
    yield { start: at, end };
    at = skipSpace(json, end);
    if (json[at] === comma) at = skipSpace(json, at + 1);
  }
}

function elementAt(json: Buffer, start: number, index: number): number | undefined {
  let number = 0;
  for (const element of elementsOf(json, start)) {
    if (number === index) return element.start;
    number += 1;
  }
  return undefined;
}

/** Of two members of one name the last counts, as for JSON.parse. */
function memberOf(json: Buffer, start: number, name: string): number | undefined {
  if (json[start] !== openObject) return undefined;
  let found: number | undefined;
  let at = skipSpace(json, start + 1);
  while (json[at] !== closeObject) {
    const endOfName = endOfValue(json, at);
    const key = JSON.parse(json.toString('utf8', at, endOfName)) as string;
    const value = skipSpace(json, skipSpace(json, endOfName) + 1);
    if (key === name) found = value;
    at = skipSpace(json, endOfValue(json, value));
    if (json[at] === comma) at = skipSpace(json, at + 1);
  }
  return found;
}

function endOfValue(json: Buffer, start: number): number {
  const first = json[start];
  if (first === quote) return endOfString(json, start);
  let at = start;
  if (first !== openList && first !== openObject) {
    while (at < json.length && !endsScalar(json[at])) at += 1;
    return at;
  }
  let depth = 0;
  do {
    const byte = json[at];
    if (byte === quote) {
      at = endOfString(json, at);
      continue;
    }
    if (byte === openList || byte === openObject) depth += 1;
    if (byte === closeList || byte === closeObject) depth -= 1;
    at += 1;
  } while (depth > 0 && at < json.length);
  return at;
}

function endOfString(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1;
  return at + 1;
}

function endsScalar(byte: number | undefined): boolean {
  return byte === comma || byte === closeList || byte === closeObject || isSpace(byte);
}

function skipSpace(json: Buffer, start: number): number {
  let at = start;
  while (isSpace(json[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
