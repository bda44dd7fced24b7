/**
 * Which AWS operations a function may call, by what it and everything that it uses of our own files name. Read as text, in the
 * form that prettier gives it: what stands at the beginning of a line is on the top level.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

interface File {
  /** Name → all words that its declaration uses; types call nothing, and are left out. */
  declarations: Map<string, Set<string>>;
  /** Local name → module and name there. */
  imports: Map<string, { from: string; name: string }>;
}

const files = new Map<string, File>();

/** `client-s3/GetObjectCommand`, …, of the function of that name in the file (from the project's root). */
export function calledCommands(path: string, name: string): Set<string> {
  const called = new Set<string>();
  const seen = new Set<string>();
  const visit = (file: string, wanted: string): void => {
    const id = `${file}#${wanted}`;
    if (seen.has(id)) return;
    seen.add(id);
    const { declarations, imports } = readFile(file);
    for (const used of declarations.get(wanted) ?? []) visit(file, used);
    const { from = '', name: there = '' } = imports.get(wanted) ?? {};
    if (from.startsWith('@aws-sdk/')) called.add(`${from.slice('@aws-sdk/'.length)}/${there}`);
    if (from.startsWith('.')) visit(resolve(dirname(file), from), there);
  };
  const start = resolve(root, path);
  if (!readFile(start).declarations.has(name)) throw new Error(`${relative(root, start)} has no ${name}`);
  visit(start, name);
  return new Set([...called].filter((each) => /Command$|\/paginate/.test(each)));
}

function readFile(path: string): File {
  const known = files.get(path);
  if (known) return known;
  const text = readFileSync(path, 'utf8').replaceAll(/^ *(\/\*[^]*?\*\/|\/\/.*)$/gm, '');
  const file = { declarations: findDeclarations(text), imports: findImports(text) };
  files.set(path, file);
  return file;
}

const declaration =
  /^(?:export )?(?:(?:async )?function\*? |const |let |class |(interface |type ))(\w+)[^]*?(?=\n(?:export |async |function|const |let |class |interface |type )|$(?![^]))/gm;

function findDeclarations(text: string): File['declarations'] {
  const found = [...text.matchAll(declaration)].filter(([, isType]) => isType === undefined);
  return new Map(found.map(([body, , name = '']) => [name, new Set(body.match(/[A-Za-z_]\w*/g))]));
}

function findImports(text: string): File['imports'] {
  const imports: File['imports'] = new Map();
  for (const [, names = '', from = ''] of text.matchAll(/^import \{([^}]*)\} from '([^']+)'/gm)) {
    for (const each of names.split(',')) {
      const [, name, local = name] = /^(\w+)(?: as (\w+))?$/.exec(each.trim()) ?? [];
      if (name !== undefined && local !== undefined) imports.set(local, { from, name });
    }
  }
  return imports;
}
