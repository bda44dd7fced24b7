import { count } from './figures.ts';
import type { PlacedChange } from './place-changes.ts';

/** As wide as a terminal that nobody has widened much. */
const width = 100;
const indent = ' '.repeat(19);

/** The changes, grouped by resource: verdict, what has changed, where, and what that means. */
export function describeChanges(changes: readonly PlacedChange[], file: string): string {
  const groups = Map.groupBy(changes, ({ resource = 'the whole source' }) => resource);
  return [...groups]
    .map(
      ([resource, group]) => `${resource}\n${group.map((change) => describeChange(change, file)).join('')}`,
    )
    .join('\n');
}

/** `3 changes: 1 refused, 2 safe` */
export function countVerdicts(changes: readonly PlacedChange[]): string {
  if (changes.length === 0) return 'nothing changes';
  const of = (verdict: PlacedChange['verdict']): number =>
    changes.filter((change) => change.verdict === verdict).length;
  const parts = [
    [of('refused'), 'refused'],
    [of('needs reprocess'), of('needs reprocess') === 1 ? 'needs reprocess' : 'need reprocess'],
    [of('safe'), 'safe'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, name]) => `${number} ${name}`);
  return `${count(changes.length, 'change')}: ${words.join(', ')}`;
}

/** In one line, as a warning or an error names it. */
export function shortChange({ resource, table, change }: PlacedChange): string {
  const place = table ?? resource;
  return place === undefined ? change : `${place}: ${change}`;
}

function describeChange({ verdict, table, change, means, remedy, line }: PlacedChange, file: string): string {
  const head = wrap(table === undefined ? change : `${table}: ${change}`);
  // Not broken: terminals make a link of it.
  const place = line === undefined ? '' : `  (${file}:${line})`;
  const texts = [means, ...(remedy === undefined ? [] : [`→ ${remedy}`])];
  const rest = texts.map((text) => `${indent}${wrap(text)}\n`).join('');
  return `  ${verdict.padEnd(indent.length - 4)}  ${head}${place}\n${rest}`;
}

function wrap(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && indent.length + last.length + word.length >= width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join(`\n${indent}`);
}
