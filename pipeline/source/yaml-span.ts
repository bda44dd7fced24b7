/** The way back from a value of a source file to its characters. */
import { isCollection, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { Span } from './problem.ts';

/** From the root of the file: names of keys, numbers of list elements. */
export type Path = readonly (string | number)[];

/** Where in a node: on its key, or at a character of its text. */
export interface Place {
  on?: 'key' | 'value';
  offset?: number;
  length?: number;
}

interface Parsed {
  text: string;
  document: Document;
}

/** The deepest node that the path leads to, and how many of its steps were found. */
export function findNode(file: Parsed, path: Path): { steps: number; key?: Node; value?: Node } {
  let value: unknown = file.document.contents;
  let key: unknown;
  let steps = 0;
  for (const step of path) {
    const next = childOf(value, step);
    if (!next) break;
    ({ key, value } = next);
    steps += 1;
  }
  return { steps, ...(isNode(key) ? { key } : {}), ...(isNode(value) ? { value } : {}) };
}

function childOf(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item: Pair) => isScalar(item.key) && String(item.key.value) === String(step),
    );
    return pair && { key: pair.key, value: pair.value };
  }
  if (isSeq(node) && typeof step === 'number' && step < node.items.length) return { value: node.items[step] };
  return undefined;
}

/** The characters to point at for a place in the value at `path`. */
export function spanAt(file: Parsed, path: Path, place: Place = {}): Span {
  const { steps, key, value } = findNode(file, path);
  // What is missing is shown at what it is missing from.
  if (key && (place.on === 'key' || steps < path.length || !value || isEmpty(value))) return spanOfNode(key);
  if (!value) return { start: 0, end: 1 };
  if (isCollection(value) && key && value.flow !== true) return spanOfNode(key);
  const span = spanOfNode(value);
  if (place.offset === undefined || !isScalar(value)) return span;
  const quoted = value.type === 'QUOTE_DOUBLE' || value.type === 'QUOTE_SINGLE' ? 1 : 0;
  const text = String(value.value);
  // With escapes or line breaks in it, a character of the text has no one place in the file.
  if (file.text.slice(span.start + quoted, span.start + quoted + text.length) !== text) return span;
  const start = span.start + quoted + place.offset;
  return { start, end: start + (place.length ?? 1) };
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && (node.source ?? '') === '' && node.value === null;
}

export function spanOfNode(node: Node): Span {
  const [start, end] = node.range ?? [0, 1];
  if (!isCollection(node) || node.flow === true) return { start, end };
  const first: unknown = node.items[0];
  const inner = isPair(first) ? first.key : first;
  return isNode(inner) ? spanOfNode(inner) : { start, end: start + 1 };
}
