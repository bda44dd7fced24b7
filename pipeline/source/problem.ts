/** A mistake in a source file, or in a file beside it, shown where it stands. */
export interface Problem {
  /** A warning does not stop anything. */
  severity: 'error' | 'warning';
  file: string;
  /** Both from 1; columns in UTF-16 units, as editors count them. */
  line: number;
  column: number;
  message: string;
  /** The line between its neighbours, a caret below the place. */
  frame: string;
}

export interface TextFile {
  name: string;
  text: string;
}

/** Half-open, in UTF-16 units from the start of the text. */
export interface Span {
  start: number;
  end: number;
}

const widestLine = 100;

export function problemAt(
  file: TextFile,
  span: Span,
  message: string,
  severity: Problem['severity'] = 'error',
): Problem {
  const start = Math.max(0, Math.min(span.start, file.text.length));
  const before = file.text.slice(0, start).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const frame = drawFrame(file.text, { line, column, length: span.end - start });
  return { severity, file: file.name, line, column, message, frame };
}

function drawFrame(text: string, place: { line: number; column: number; length: number }): string {
  const lines = text.split('\n').map((content) => content.replace(/\r$/, '').replaceAll('\t', ' '));
  const width = String(Math.min(place.line + 1, lines.length)).length;
  // A long line is shown from near the place on: the same part of its neighbours keeps them aligned.
  const from = place.column > widestLine - 20 ? place.column - 40 : 0;
  const shown = (number: number): string[] => {
    const content = lines[number - 1];
    if (content === undefined || (number > place.line && number === lines.length && content === ''))
      return [];
    return [`${String(number).padStart(width)} | ${content.slice(from, from + widestLine)}`.trimEnd()];
  };
  const rest = Math.min((lines[place.line - 1]?.length ?? 0) - place.column + 1, widestLine - 1);
  const carets = '^'.repeat(Math.max(1, Math.min(place.length, rest)));
  return [
    ...shown(place.line - 1),
    ...shown(place.line),
    `${' '.repeat(width)} | ${' '.repeat(place.column - 1 - from)}${carets}`,
    ...shown(place.line + 1),
  ].join('\n');
}

/** In the order of the files, each place and message once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map((problem) => problem.file))];
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const identity = JSON.stringify([problem.file, problem.line, problem.column, problem.message]);
      return !seen.has(identity) && seen.add(identity);
    })
    .toSorted(
      (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
    );
}

/** `file:line:column: message` with the frame below, a blank line between two. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems
    .map((problem) => {
      const label = problem.severity === 'warning' ? 'warning: ' : '';
      return `${problem.file}:${problem.line}:${problem.column}: ${label}${problem.message}\n${problem.frame}\n`;
    })
    .join('\n');
}
