/**
 * The subset of JSONPath that a source may use: `$`, `$.a.b`, `$['odd name']`, `$.a[0]`. Every path finds one value or
 * nothing: wildcards, filters, slices and `..` would give lists whose length depends on the data.
 */
import { ExpressionError } from './expression-error.ts';

/** Names of fields and indexes of list elements, from the outside in; empty for `$`. */
export type JsonPath = readonly (string | number)[];

const plainName = /[A-Za-z_][A-Za-z0-9_-]*/y;
const index = /\[(0|[1-9]\d{0,8})\]/y;
const quotedName = /\[(?:'((?:[^'\\]|\\['"\\])*)'|"((?:[^"\\]|\\['"\\])*)")\]/y;
const form = `write $, $.field, $['odd name'] or $.list[0]`;

/** Throws ExpressionError. */
export function parseJsonPath(text: string): JsonPath {
  if (!text.startsWith('$')) {
    throw new ExpressionError(`the path '${text}' does not start with $: ${form}`, {
      offset: 0,
      length: text.length,
    });
  }
  const path: (string | number)[] = [];
  let offset = 1;
  while (offset < text.length) {
    const step = readStep(text, offset);
    path.push(step.name);
    offset = step.end;
  }
  return path;
}

function readStep(text: string, offset: number): { name: string | number; end: number } {
  if (text[offset] === '.') {
    const name = matchAt(plainName, text, offset + 1)?.[0];
    if (name !== undefined) return { name, end: offset + 1 + name.length };
    throw new ExpressionError(unreadable(text, offset + 1), {
      offset: Math.min(offset + 1, text.length - 1),
    });
  }
  const element = matchAt(index, text, offset);
  if (element) return { name: Number(element[1]), end: offset + element[0].length };
  const quoted = matchAt(quotedName, text, offset);
  if (quoted) {
    const name = (quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(.)/g, '$1');
    return { name, end: offset + quoted[0].length };
  }
  throw new ExpressionError(unreadable(text, offset), { offset });
}

function unreadable(text: string, offset: number): string {
  const rest = text.slice(offset);
  if (/^\*|^\[\*\]/.test(rest)) return `the path '${text}' has a wildcard: select the list itself, without *`;
  if (rest === '') return `the path '${text}' ends too early: ${form}`;
  return `the path '${text}' cannot be read from '${rest}': ${form}`;
}

function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | null {
  pattern.lastIndex = offset;
  return pattern.exec(text);
}

/** The path as text; `parseJsonPath(formatJsonPath(path))` gives the same path back. */
export function formatJsonPath(path: JsonPath): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(step)) return `.${step}`;
    return `['${step.replaceAll(/['\\]/g, String.raw`\$&`)}']`;
  });
  return `$${steps.join('')}`;
}

/** What the path finds in a parsed JSON value; undefined when there is nothing. */
export function selectPath(path: JsonPath, value: unknown): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    if (Array.isArray(found) !== (typeof step === 'number')) return undefined;
    if (!Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}
