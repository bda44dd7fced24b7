/**
 * Finds values in the bytes of a JSON document without taking it apart, so that parts of it can be kept as they are.
 * Works on UTF-8: what has a meaning in JSON is ASCII. A document that is cut short or no JSON ends the search early;
 * whether it is valid is for JSON.parse to say.
 */
import type { JsonPath } from '../source/json-path.ts';

/** Half-open, in bytes. */
export interface Span {
  start: number;
  end: number;
}

/** A member of an object, from its name to the end of its value. */
export interface Member extends Span {
  name: string;
  value: Span;
}

/** How far a value has been read; reading goes on when more bytes have come. */
export interface Scan {
  at: number;
  depth: number;
  inText: boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
export const comma = 0x2c;
export const openList = 0x5b;
export const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;

/** Where the value is that the path leads to; undefined when there is none. */
export function findValue(json: Buffer, path: JsonPath): Span | undefined {
  let found: Span | undefined = valueAt(json, skipSpace(json, 0));
  for (const step of path) {
    if (!found) return undefined;
    // Of two members of one name the last counts, as for JSON.parse.
    found = childrenAt(json, found.start, step).at(-1);
  }
  return found;
}

/** Every value that the path leads to from `start`, so that none of two members of one name is overlooked. */
export function findAll(json: Buffer, start: number, path: JsonPath): Span[] {
  let found = [valueAt(json, start)];
  for (const step of path) found = found.flatMap((value) => childrenAt(json, value.start, step));
  return found;
}

function childrenAt(json: Buffer, start: number, step: string | number): Span[] {
  const children: Span[] = [];
  if (typeof step === 'string') {
    for (const member of membersOf(json, start)) if (member.name === step) children.push(member.value);
    return children;
  }
  let number = 0;
  for (const element of elementsOf(json, start)) {
    if (number === step) return [element];
    number += 1;
  }
  return children;
}

/** The elements of the list that begins at `start`, in order. */
export function elementsOf(json: Buffer, start: number): Generator<Span> {
  return elementsFrom(json, json[start] === openList ? start + 1 : json.length);
}

/** Elements with commas between them, without the brackets of a list. */
export function* elementsFrom(json: Buffer, start: number): Generator<Span> {
  let at = skipSpace(json, start);
  while (at < json.length && json[at] !== closeList) {
    const element = valueAt(json, at);
    yield element;
    at = skipSpace(json, element.end);
    if (json[at] !== comma) return;
    at = skipSpace(json, at + 1);
  }
}

/** The members of the object that begins at `start`, in order. */
export function* membersOf(json: Buffer, start: number): Generator<Member> {
  if (json[start] !== openObject) return;
  let at = skipSpace(json, start + 1);
  while (json[at] === quote) {
    const name = valueAt(json, at);
    const separator = skipSpace(json, name.end);
    if (json[separator] !== colon) return;
    const value = valueAt(json, skipSpace(json, separator + 1));
    if (value.start >= json.length) return;
    yield { name: textOf(json, name), start: at, end: value.end, value };
    at = skipSpace(json, value.end);
    if (json[at] !== comma) return;
    at = skipSpace(json, at + 1);
  }
}

function textOf(json: Buffer, { start, end }: Span): string {
  const text = json.toString('utf8', start + 1, end - 1);
  return text.includes('\\') ? unescaped(text) : text;
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

function valueAt(json: Buffer, start: number): Span {
  const scan = { at: start, depth: 0, inText: false };
  readValue(json, scan);
  return { start, end: scan.at };
}

/** Reads on to the end of the value; false when it is not there yet. A value begins with depth 0, outside of a text. */
export function readValue(json: Buffer, scan: Scan): boolean {
  const { length } = json;
  let { at, depth, inText } = scan;
  let whole = false;
  while (at < length) {
    const byte = json[at];
    if (inText) {
      if (byte === backslash) {
        // An escape is read as one, never by half.
        if (at + 1 >= length) break;
        at += 2;
        continue;
      }
      at += 1;
      if (byte !== quote) continue;
      inText = false;
      whole = depth === 0;
    } else if (byte === quote) {
      inText = true;
      at += 1;
    } else if (byte === openList || byte === openObject) {
      depth += 1;
      at += 1;
    } else if (depth === 0 && endsScalar(byte)) {
      whole = true;
    } else {
      at += 1;
      if (byte !== closeList && byte !== closeObject) continue;
      depth -= 1;
      whole = depth === 0;
    }
    if (whole) break;
  }
  scan.at = at;
  scan.depth = depth;
  scan.inText = inText;
  return whole;
}

function endsScalar(byte: number | undefined): boolean {
  return byte === comma || byte === closeList || byte === closeObject || isSpace(byte);
}

export function skipSpace(json: Buffer, start: number): number {
  let at = start;
  while (isSpace(json[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
