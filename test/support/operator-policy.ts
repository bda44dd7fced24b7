import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Policy {
  Statement: {
    Sid: string;
    Action: string | string[];
    Resource: string | string[];
    Condition?: Record<string, Record<string, string | string[]>>;
  }[];
}

const text = readFileSync(resolve(import.meta.dirname, '../../docs/operator-policy.md'), 'utf8');

/** As the page has it, its words in capitals replaced. */
export function readPolicy(name: 'look' | 'act', words: Record<string, string> = {}): Policy {
  const json = new RegExp(`<!-- policy: ${name} -->\\s*\`\`\`json\n([^]*?)\`\`\``).exec(text)?.[1] ?? '';
  const filled = Object.entries(words).reduce((done, [word, value]) => done.replaceAll(word, value), json);
  return JSON.parse(filled) as Policy;
}
