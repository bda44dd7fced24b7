import type { ProtectRule } from './body-form.ts';
import { tooLarge } from './damage.ts';
import type { Span } from './json-scanner.ts';
import { applyEdits, protectValue } from './protect-value.ts';

/** An element of a list, or a member of an object with its value apart. */
export interface Item extends Span {
  value?: Span;
}

interface EditOptions {
  /** By item; undefined: all stay. */
  stays?: readonly boolean[] | undefined;
  rules?: readonly ProtectRule[];
  /** Bytes that a text may have. */
  most: number;
  /** Items before these, for messages. */
  before?: number;
}

/** Texts of the items that stay, with commas between them: neighbours that nothing changes stay together. */
export function* editItems(json: Buffer, items: Iterable<Item>, options: EditOptions): Generator<Buffer> {
  const { stays, rules = [], most, before = 0 } = options;
  let run: Span | undefined;
  let index = -1;
  for (const item of items) {
    index += 1;
    const isKept = stays?.[index] ?? true;
    const edits = isKept && rules.length > 0 ? protectValue(json, (item.value ?? item).start, rules) : [];
    if (run && isKept && edits.length === 0 && item.end - run.start <= most) {
      run = { start: run.start, end: item.end };
      continue;
    }
    if (run) yield json.subarray(run.start, run.end);
    run = undefined;
    if (!isKept) continue;
    const text = applyEdits(json, item, edits);
    if (text.length > most) throw tooLargeRecord(before + index + 1);
    if (edits.length > 0) yield text;
    else run = { start: item.start, end: item.end };
  }
  if (run) yield json.subarray(run.start, run.end);
}

export function tooLargeRecord(number: number): Error {
  return tooLarge(
    `record ${number} of the response, with what surrounds the list, is larger than a line may be`,
  );
}
