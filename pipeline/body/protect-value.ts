import { createHmac } from 'node:crypto';
import type { ProtectRule } from './body-form.ts';
import { findAll, type Span } from './json-scanner.ts';

/** A part of the text, and what stands there instead. */
export interface Edit extends Span {
  text: Buffer;
}

const redacted = Buffer.from('"***"');

/** What is to change in the value that begins at `start`. A missing value stays missing, null stays null. */
export function protectValue(json: Buffer, start: number, rules: readonly ProtectRule[]): Edit[] {
  const edits = rules.flatMap((rule) =>
    findAll(json, start, rule.path).flatMap((span) => hide(json, span, rule)),
  );
  // Of two edits one within the other, the outer one stays.
  edits.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = -1;
  return edits.filter((edit) => {
    if (edit.start < end) return false;
    end = edit.end;
    return true;
  });
}

/** The rules for one of parallel arrays: their first step is its name, the rest leads on from each element. */
export function rulesWithin(name: string, rules: readonly ProtectRule[]): ProtectRule[] {
  return rules.filter(({ path }) => path[0] === name).map((rule) => ({ ...rule, path: rule.path.slice(1) }));
}

/** The part of the text from `start` to `end`, edited; all else in it keeps its own text. */
export function applyEdits(json: Buffer, { start, end }: Span, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return json.subarray(start, end);
  const parts: Buffer[] = [];
  let at = start;
  for (const edit of edits) {
    parts.push(json.subarray(at, edit.start), edit.text);
    at = edit.end;
  }
  parts.push(json.subarray(at, end));
  return Buffer.concat(parts);
}

function hide(json: Buffer, span: Span, rule: ProtectRule): Edit[] {
  const text = json.toString('utf8', span.start, span.end);
  if (text === 'null') return [];
  if (rule.how === 'redact') return [{ ...span, text: redacted }];
  // A text is hashed as what it says, however it is escaped; a number as it is written.
  const value = text.startsWith('"') ? (JSON.parse(text) as string) : text;
  const hash = createHmac('sha256', rule.key).update(value).digest('hex');
  return [{ ...span, text: Buffer.from(`"${hash}"`) }];
}
