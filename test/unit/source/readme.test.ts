import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadSource } from '../../../pipeline/source/load-source.ts';

const root = resolve(import.meta.dirname, '../../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('README', () => {
  it('shows a source that works', async () => {
    const text = /```yaml\n([^`]+)```/.exec(readme)?.[1] ?? '';
    const loaded = await loadSource({
      name: 'README.md',
      text,
      readFile: () => Promise.resolve(undefined),
      now: new Date('2026-11-21T00:00:00Z'),
    });
    expect(loaded.ok ? loaded.warnings : loaded.problems).to.deep.equal([]);
    expect(loaded.ok).to.equal(true);
  });

  it('links only to what exists', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links).to.include('docs/contracts.md');
    for (const link of links) expect(existsSync(join(root, link)), link).to.equal(true);
  });
});
