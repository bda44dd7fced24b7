/** Compares what was seen with what a row says; every difference is one line. */
import { isDeepStrictEqual } from 'node:util';
import type { Question } from './api-server.ts';
import type { Cells } from './parse-rows.ts';
import type { RequestSeen, RowSeen, Seen } from './row.ts';

/** What one fetch did. */
export interface Observed {
  outcome: 'complete' | 'paused' | 'failed';
  /** Of a failure. */
  reason: string;
  retryable?: boolean;
  questions: Question[];
  strangerAsked: number;
  rows: Cells[];
  rejects: string[];
  filtered: number;
  violations: string[];
  children: Record<string, Cells[]>;
  table: Cells[];
  /** Of the raw objects. */
  text: string;
  bodies: unknown[];
  cursors: (string | number)[];
  completeFrom: string | null;
  skipped: { slice: Record<string, unknown>; error: string }[];
  unchanged: number;
  gaps: { from: string; to: string }[];
  waitedMs: number;
  secrets: Record<string, string>;
  logs: string[];
}

/** What a row says of it that is not so. */
export function judge(seen: Seen, observed: Observed): string[] {
  const wrong: string[] = [];
  const say = (what: string, expected: unknown, actual: unknown) =>
    wrong.push(`${what}: expected ${show(expected)}, seen ${show(actual)}`);
  const equal = (what: string, expected: unknown, actual: unknown) => {
    if (expected !== undefined && !isDeepStrictEqual(expected, actual)) say(what, expected, actual);
  };
  const rows = (what: string, expected: RowSeen[] | undefined, actual: Cells[]) => {
    if (expected === undefined) return;
    const shown = actual.map((row, at) => pick(row, expected[at] ?? expected[0]));
    if (!isDeepStrictEqual(expected.map(asCells), shown)) say(what, expected, shown);
  };

  const { outcome = 'complete' } = seen;
  const isFailure = outcome instanceof RegExp;
  const told = observed.outcome === 'failed' ? `failed: ${observed.reason}` : observed.outcome;
  if (
    isFailure ? observed.outcome !== 'failed' || !outcome.test(observed.reason) : outcome !== observed.outcome
  ) {
    say('outcome', outcome, told);
  }
  equal('retryable', seen.retryable, observed.retryable);
  if (observed.strangerAsked > 0) say('requests to another host', 0, observed.strangerAsked);
  requests(seen.requests, observed.questions, say);
  equal('requests', seen.asked, observed.questions.length);
  rows('rows', seen.rows, observed.rows);
  equal('number of rows', seen.rowCount, observed.rows.length);
  for (const row of seen.everyRow ? observed.rows : []) {
    const shown = pick(row, seen.everyRow);
    if (!isDeepStrictEqual(asCells(seen.everyRow ?? {}), shown)) say('a row', seen.everyRow, shown);
  }
  rows('table', seen.table, observed.table);
  for (const [table, expected] of Object.entries(seen.children ?? {})) {
    rows(`table ${table}`, expected, observed.children[table] ?? []);
  }
  equal('rejects', seen.rejects, observed.rejects);
  if (seen.rejects === undefined && observed.rejects.length > 0) say('rejects', [], observed.rejects);
  equal('filtered', seen.filtered, observed.filtered);
  equal('violations', seen.violations, observed.violations);
  equal('bodies', seen.bodies, observed.bodies);
  for (const part of seen.raw?.has ?? [])
    if (!holds(observed.text, part)) say('raw text', part, cut(observed.text));
  for (const part of seen.raw?.lacks ?? []) {
    if (holds(`${observed.text}\n${observed.logs.join('\n')}\n${observed.reason}`, part)) {
      say('raw text, logs and reason', `no ${String(part)}`, cut(observed.text));
    }
  }
  equal('cursors', seen.cursors, observed.cursors);
  equal('complete from', seen.completeFrom, observed.completeFrom);
  skipped(seen.skipped, observed, say);
  equal('unchanged', seen.unchanged, observed.unchanged);
  equal('gaps', seen.gaps, observed.gaps);
  if (observed.waitedMs < (seen.waited?.atLeast ?? 0))
    say('waited at least', seen.waited?.atLeast, observed.waitedMs);
  if (observed.waitedMs > (seen.waited?.atMost ?? Infinity))
    say('waited at most', seen.waited?.atMost, observed.waitedMs);
  for (const [name, value] of Object.entries(seen.seenSecrets ?? {})) {
    equal(`secret ${name}`, value, observed.secrets[name]);
  }
  for (const pattern of seen.logs ?? []) {
    if (!observed.logs.some((line) => pattern.test(line))) say('logs', pattern, observed.logs);
  }
  return wrong;
}

type Say = (what: string, expected: unknown, actual: unknown) => void;

function requests(expected: Seen['requests'], questions: Question[], say: Say): void {
  if (expected === undefined) return;
  const lines = questions.map(lineOf);
  const wanted = expected.map((request) => (request instanceof RegExp ? request : plain(request)));
  const isSame =
    wanted.length === lines.length &&
    wanted.every((line, at) => (line instanceof RegExp ? line.test(lines[at] ?? '') : line === lines[at]));
  if (!isSame) return say('requests', wanted, lines);
  for (const [at, request] of expected.entries()) {
    const question = questions[at];
    if (question && typeof request === 'object' && !(request instanceof RegExp))
      details(request, question, say);
  }
}

function details({ line, headers = {}, body }: RequestSeen, question: Question, say: Say): void {
  for (const [name, value] of Object.entries(headers)) {
    const given = question.headers[name] ?? null;
    const isSame = value instanceof RegExp ? value.test(given ?? '') : value === given;
    if (!isSame) say(`header ${name} of ${line}`, value, given);
  }
  if (body === undefined) return;
  if (body instanceof RegExp)
    return body.test(question.body) ? undefined : say(`body of ${line}`, body, question.body);
  const given: unknown = typeof body === 'string' ? question.body : parsed(question.body);
  if (!isDeepStrictEqual(body, given)) say(`body of ${line}`, body, given);
}

function skipped(expected: Seen['skipped'], observed: Observed, say: Say): void {
  if (expected === undefined) return;
  const isSame =
    expected.length === observed.skipped.length &&
    expected.every(({ slice, error }, at) => {
      const given = observed.skipped[at];
      return given !== undefined && isDeepStrictEqual(slice, given.slice) && error.test(given.error);
    });
  if (!isSame) say('skipped', expected, observed.skipped);
}

/** `POST /items?page=1`; decoded, parameters in the order of their names. */
function lineOf({ method, target }: Question): string {
  return `${method === 'GET' ? '' : `${method} `}${canonical(target)}`;
}

function plain(request: string | RequestSeen): string {
  const line = typeof request === 'string' ? request : request.line;
  const [, method = '', target = ''] = /^([A-Z]+ )?(.*)$/s.exec(line) ?? [];
  return `${method}${canonical(target)}`;
}

function canonical(target: string): string {
  const [path = '', query] = target.split(/\?(.*)/s);
  const parameters = (query ?? '')
    .split('&')
    .filter(Boolean)
    .map((parameter) => decodeURIComponent(parameter.replaceAll('+', ' ')))
    .toSorted((one, other) => (one < other ? -1 : 1));
  const shownPath = path.includes('%2F') || path.includes('%3F') ? path : decodeURIComponent(path);
  return `${shownPath}${parameters.length > 0 ? `?${parameters.join('&')}` : ''}`;
}

/** The columns that the expected row names, or `id`. */
function pick(row: Cells, like: RowSeen | undefined): Record<string, string | null | undefined> {
  const names = typeof like === 'object' ? Object.keys(like) : ['id'];
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

function asCells(row: RowSeen): Record<string, string | null> {
  if (typeof row !== 'object') return { id: String(row) };
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value === null ? null : String(value as string | number | boolean),
    ]),
  );
}

function holds(text: string, part: string | RegExp): boolean {
  return typeof part === 'string' ? text.includes(part) : part.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function show(value: unknown): string {
  if (value instanceof RegExp) return String(value);
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof RegExp ? String(inner) : inner,
  );
  return cut(text ?? 'nothing');
}

function cut(text: string): string {
  return text.length > 800 ? `${text.slice(0, 800)}…` : text;
}
