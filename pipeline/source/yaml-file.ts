import { isAlias, isMap, isScalar, parseDocument, visit } from 'yaml';
import type { Document, Node, YAMLParseError } from 'yaml';
import { problemAt, type Problem, type TextFile } from './problem.ts';
import { spanOfNode } from './yaml-span.ts';

/** A YAML (or JSON) text as plain values, with the way back from each value to its place in the text. */
export interface YamlFile extends TextFile {
  document: Document;
  value: unknown;
  /** Of the text itself: with any of these the value is not to be used. */
  problems: Problem[];
  warnings: Problem[];
}

const largest = 1_000_000;

export function parseYamlFile(file: TextFile): YamlFile {
  const refuse = (document: Document, problems: Problem[]): YamlFile => ({
    ...file,
    document,
    value: undefined,
    problems,
    warnings: [],
  });
  if (file.text.length > largest) {
    const message = `the file has more than ${largest.toLocaleString('en')} characters: long lists belong into a CSV file`;
    return refuse(parseDocument(''), [problemAt(file, { start: 0, end: 1 }, message)]);
  }
  const document = parseDocument(file.text, { prettyErrors: false, stringKeys: true, logLevel: 'error' });
  const problems = findSyntaxProblems(document, file);
  problems.push(...findForbidden(document, file));
  return problems.length > 0
    ? refuse(document, problems)
    : { ...file, document, value: document.toJS(), problems, warnings: warnOfNumbers(document, file) };
}

/** Keys that are there twice, and the first of the rest: what follows it is mostly its echo. */
function findSyntaxProblems(document: Document, file: TextFile): Problem[] {
  const repeated = document.errors.filter((error) => error.code === 'DUPLICATE_KEY');
  const [first] = document.errors
    .filter((error) => error.code !== 'DUPLICATE_KEY')
    .toSorted((a, b) => a.pos[0] - b.pos[0]);
  return [
    ...repeated.map(({ pos: [start] }) => {
      const key = /^(?:"[^"]*"|'[^']*'|[^:\s]+)/.exec(file.text.slice(start))?.[0] ?? '';
      return problemAt(file, { start, end: start + key.length }, `the key '${key}' is there twice`);
    }),
    ...(first
      ? [problemAt(file, { start: first.pos[0], end: first.pos[1] }, explainSyntax(first, file.text))]
      : []),
  ];
}

function explainSyntax({ code, message, pos }: YAMLParseError, text: string): string {
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'a source file is one YAML document: leave out what follows ---';
    case 'BLOCK_AS_IMPLICIT_KEY':
      return "not valid YAML: a text with ': ' in it needs quotes";
    case 'MULTILINE_IMPLICIT_KEY':
      return 'not valid YAML: a colon is missing here, or the indentation is wrong';
    case 'NON_STRING_KEY':
      return 'not valid YAML: a key is a text; one that starts with { or [ needs quotes';
    case 'UNEXPECTED_TOKEN':
      if (!/^[{[]/.test(text.slice(pos[0]))) break;
      return 'not valid YAML: within { } and [ ], a text with one of these in it needs quotes';
    case 'RESOURCE_EXHAUSTION':
      return 'the file is nested too deeply';
    case 'TAB_AS_INDENT':
      return 'not valid YAML: indent with spaces, not with tabs';
    default:
  }
  return `not valid YAML: ${message}`;
}

/** What YAML allows and a source file does not: things that are not what they look like. */
function findForbidden(document: Document, file: TextFile): Problem[] {
  const problems: Problem[] = [];
  const refuse = (node: Node, message: string): void => {
    problems.push(problemAt(file, spanOfNode(node), message));
  };
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || node.anchor !== undefined) {
        refuse(
          node,
          'anchors and aliases are not part of a source file: what resources share goes into resource_defaults',
        );
      } else if (node.tag !== undefined) {
        refuse(node, `tags such as ${node.tag} are not part of a source file: leave it out`);
      } else if (isScalar(node) && typeof node.value === 'number' && isRounded(node.value)) {
        refuse(node, `the number ${node.source ?? ''} cannot be kept exactly: put it in quotes`);
      }
    },
    Pair(_, pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__')
        refuse(pair.key, "the key '__proto__' cannot be used");
    },
  });
  return problems;
}

function isRounded(value: number): boolean {
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

/** `version: 1.10` is the number 1.1: what is sent is its text, and YAML has lost it. */
function warnOfNumbers(document: Document, file: TextFile): Problem[] {
  const warnings: Problem[] = [];
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || !isMap(pair.value)) return;
      if (!['params', 'headers', 'form'].includes(String(pair.key.value))) return;
      for (const { value } of pair.value.items) {
        if (!isScalar(value) || typeof value.value !== 'number' || String(value.value) === value.source)
          continue;
        const message = `the number ${value.source ?? ''} is sent as ${value.value}: put it in quotes to send it as it stands`;
        warnings.push(problemAt(file, spanOfNode(value), message, 'warning'));
      }
    },
  });
  return warnings;
}
