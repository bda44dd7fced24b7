/** What stands in a source file where something else is expected, in its words. */
import { isMapping } from '../merge-defaults.ts';
import type { Path } from '../yaml-span.ts';

/** zod's names for kinds of values, and ours. */
export const kindNames: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

/** The key of a value; of an element, that of its list. */
export function nameOf(path: Path): string {
  return path.findLast((step) => typeof step === 'string') ?? '';
}

export function joinKinds(kinds: string[]): string {
  const different = [...new Set(kinds)];
  return different.includes('a text') && different.includes('a number')
    ? 'one value'
    : different.join(' or ');
}

export function explainKind(expected: string, found: unknown, path: Path): string {
  if (found === null) return `'${nameOf(path)}' has no value: ${expected} is expected`;
  const isText = expected === 'a text' || expected === 'one value';
  if (isMapping(found)) {
    const [only = '', second] = Object.keys(found);
    if (isText && second === undefined && found[only] === null) {
      return `a text that starts with { needs quotes: '{${only}}'`;
    }
    return `${expected} is expected, this is a mapping`;
  }
  if (Array.isArray(found)) {
    const joined =
      isText && found.every((item) => typeof item !== 'object')
        ? `; many APIs take '${found.join(',')}'`
        : '';
    return `${expected} is expected, this is a list${joined}`;
  }
  const kind = typeof found === 'boolean' ? '' : typeof found === 'number' ? 'the number ' : 'the text ';
  const shown = typeof found === 'string' ? `'${found}'` : showScalar(found);
  return `${expected} is expected, this is ${kind}${shown}${isText ? ': put it in quotes' : ''}`;
}

export function explainColumnName(name: string): string {
  if (name.startsWith('_')) {
    return `the column '${name}': names that begin with _ are kept for lineage (_scheduled_at, _object, …)`;
  }
  const suggestion = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+/, '');
  const remedy =
    suggestion === '' ? '' : `; write '${suggestion}' and say where it comes from: { from: "$['${name}']" }`;
  return `the column '${name}' is not made of lower-case letters, digits and _ after a letter, as Athena keeps names${remedy}`;
}

export function showScalar(found: unknown): string {
  return typeof found === 'string' ? found : JSON.stringify(found);
}
