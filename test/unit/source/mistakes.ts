import { readFileSync } from 'node:fs';
import { tracker, weather } from './load-weather.ts';

/** One change of a source, and the start of each message that it gives. */
export interface Mistake {
  title: string;
  /** The source that is changed. */
  base: string;
  from: string;
  to: string;
  /** `9:22 message`, `9:22 warning: message`, or with the name of another file before it. */
  found: string[];
}

const tables = {
  'mistakes.txt': weather,
  'mistakes-of-requests.txt': tracker,
  'mistakes-of-tables.txt': tracker,
};

/** The tables' blocks, under their headings. */
export function readMistakes(): Map<string, Mistake[]> {
  const sections = new Map<string, Mistake[]>();
  for (const [name, base] of Object.entries(tables)) {
    const text = readFileSync(new URL(name, import.meta.url), 'utf8');
    for (const block of text.trim().split('\n\n').slice(1)) {
      const [first = '', second = '', ...found] = block.split('\n');
      if (first.startsWith('# ')) {
        sections.set(first.slice(2), []);
        continue;
      }
      if (!first.startsWith('- ') || !second.startsWith('+')) throw new Error(`not a case: ${block}`);
      const from = first === '- *' ? base : readChange(first);
      if (!base.includes(from)) throw new Error(`the source has no '${from}'`);
      const title = second === '+' ? `no ${first.slice(2).trim()}` : second.slice(2).trim();
      [...sections.values()].at(-1)?.push({ title, base, from, to: readChange(second), found });
    }
  }
  return sections;
}

function readChange(line: string): string {
  return line.slice(2).replaceAll('⏎', '\n').replaceAll('⇥', '\t');
}
