import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** folder → the folders of ours that it may import from, itself included */
const allowed: Record<string, string[]> = {
  pipeline: ['pipeline'],
  functions: ['functions', 'pipeline'],
  deploy: ['deploy', 'pipeline', 'local'],
  local: ['local', 'deploy', 'pipeline'],
};

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return specifiers.map((specifier) => relative(root, resolve(dirname(file), specifier)));
}

function filesOf(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(root, folder, name));
}

describe('imports between the folders', () => {
  for (const [folder, targets] of Object.entries(allowed)) {
    it(`${folder}/ imports from ${targets.join(', ')} only`, () => {
      const files = filesOf(folder);
      expect(files).to.have.length.greaterThan(0);
      const strays = files.flatMap((file) =>
        importsOf(file)
          .filter((target) => !targets.includes(target.split('/')[0] ?? ''))
          .map((target) => `${relative(root, file)} → ${target}`),
      );
      expect(strays).to.deep.equal([]);
    });
  }

  it('only the program, which knows every command, reaches from deploy/ into local/', () => {
    const reaching = filesOf('deploy').filter((file) =>
      importsOf(file).some((target) => target.startsWith('local/')),
    );
    expect(
      reaching.map((file) => relative(root, file)).filter((file) => file !== 'deploy/program.ts'),
    ).to.deep.equal([]);
  });

  it('pipeline/ makes no AWS client and reads no clock, environment or randomness', () => {
    const forbidden = /new \w+Client\(|process\.env|Date\.now\(|new Date\(\)|Math\.random\(|randomUUID\(/;
    const offenders = filesOf('pipeline').filter((file) => forbidden.test(readFileSync(file, 'utf8')));
    expect(offenders.map((file) => relative(root, file))).to.deep.equal([]);
  });
});
