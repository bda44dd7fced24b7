import { HttpError } from '../http/http-error.ts';
import { formatJsonPath, selectPath, type JsonPath } from '../source/json-path.ts';
import type { BodyFacts, BodyForm, Piece } from './body-form.ts';
import { megabytes, tooLarge } from './damage.ts';
import { editItems } from './edit-items.ts';
import { elementsOf, membersOf, type Span } from './json-scanner.ts';
import { onlyValue } from './only-value.ts';
import { ListTaker } from './list-taker.ts';
import { applyEdits, protectValue, rulesWithin, type Edit } from './protect-value.ts';
import { RecordVisitor } from './record-visitor.ts';

export interface TakenRecords extends Pick<BodyFacts, 'records' | 'kept' | 'lastRecord'> {
  pieces: Piece[];
}

/** Law 12, less the head of a line: what a piece may have where nobody says more exactly. */
export const defaultPieceBytes = 8 * 2 ** 20 - 16 * 1024;

/** From a body in memory, or one answer of it: `document` is what `json` says. Judged before. */
export function takeRecords(json: Buffer, document: unknown, form: BodyForm): TakenRecords {
  const selected = selectPath(form.selector, document);
  refuseTwins(json, form.selector);
  if (form.shape === 'list') {
    if (!Array.isArray(selected)) throw misfit(form);
    return takeList(json, selected, form);
  }
  if (typeof selected !== 'object' || selected === null || Array.isArray(selected)) throw misfit(form);
  const visitor = new RecordVisitor(form.shape === 'object' ? { ...form, keep: () => true } : form);
  const edits = editObject[form.shape](json, selected as JsonObject, { form, visitor });
  return { pieces: [onePiece(applyEdits(json, wholeOf(json), edits), form)], ...countsOf(visitor) };
}

/** The engine reads the first of two members of one name, JSON.parse the last. Looked for only where a name comes twice. */
function refuseTwins(json: Buffer, selector: JsonPath): void {
  const isTwice = selector.some((step) => {
    const name = JSON.stringify(step);
    return typeof step === 'string' && json.includes(name, json.indexOf(name) + name.length);
  });
  if (isTwice) onlyValue(json, selector);
}

type JsonObject = Record<string, unknown>;
type EditObject = (
  json: Buffer,
  selected: JsonObject,
  taking: { form: BodyForm; visitor: RecordVisitor },
) => Edit[];

const editObject: Record<'object' | 'map' | 'columns', EditObject> = {
  object: (json, selected, { form, visitor }) => {
    visitor.visit([selected]);
    const { protect = [] } = form;
    return protect.length === 0 ? [] : protectValue(json, startOf(json, form), protect);
  },

  map: (json, selected, { form, visitor }) => {
    const names = Object.keys(selected);
    const stays = visitor.visit(Object.values(selected));
    const { protect: rules = [] } = form;
    if (!stays && rules.length === 0) return [];
    // By name: numbers among the names come first in an object, wherever they stand in the text.
    const left = new Set(names.filter((_, index) => !stays || stays[index]));
    const members = [...membersOf(json, startOf(json, form))];
    const staying = members.map(({ name }) => left.has(name));
    return [
      editWithin(spanOf(json, form), editItems(json, members, { stays: staying, rules, most: Infinity })),
    ];
  },

  columns: (json, selected, { form, visitor }) => {
    const lists = Object.entries(selected).filter((entry): entry is [string, unknown[]] =>
      Array.isArray(entry[1]),
    );
    const stays = visitRows(lists, form, visitor);
    const edits: Edit[] = [];
    if (!stays && !form.protect?.length) return edits;
    for (const { name, value } of membersOf(json, startOf(json, form))) {
      const rules = rulesWithin(name, form.protect ?? []);
      if (!Array.isArray(selected[name]) || (!stays && rules.length === 0)) continue;
      const texts = editItems(json, elementsOf(json, value.start), { stays, rules, most: Infinity });
      edits.push(editWithin(value, texts));
    }
    return edits;
  },
};

function takeList(json: Buffer, records: unknown[], form: BodyForm): TakenRecords {
  const maxBytes = form.maxPieceBytes ?? defaultPieceBytes;
  if (!form.keep && !form.protect?.length && json.length <= maxBytes) {
    const visitor = new RecordVisitor(form);
    visitor.visit(records);
    return { pieces: [{ body: json }], ...countsOf(visitor) };
  }
  const { start, end } = spanOf(json, form);
  const before = json.subarray(0, start + 1);
  const taker = new ListTaker(form, {
    before,
    after: json.subarray(end - 1),
    maxBytes,
    pieceBytes: maxBytes,
    expectedBytes: json.length,
  });
  const pieces = [...taker.take(json.subarray(start + 1, end - 1), records), ...taker.finish()];
  return { pieces, ...countsOf(taker.visitor) };
}

/** Rows of parallel lists are made only where somebody looks at them. */
function visitRows(
  lists: [string, unknown[]][],
  form: BodyForm,
  visitor: RecordVisitor,
): boolean[] | undefined {
  const length = lists[0]?.[1].length ?? 0;
  const rowAt = (index: number): JsonObject =>
    Object.fromEntries(lists.map(([name, list]) => [name, list[index]]));
  if (form.keep || form.onRecord) return visitor.visit(Array.from({ length }, (_, index) => rowAt(index)));
  visitor.count(length, length);
  if (length > 0) visitor.lastRecord = rowAt(length - 1);
  return undefined;
}

function editWithin({ start, end }: Span, texts: Iterable<Buffer>): Edit {
  const parts = [...texts].flatMap((text) => [Buffer.from(','), text]).slice(1);
  return { start: start + 1, end: end - 1, text: Buffer.concat(parts) };
}

function onePiece(body: Buffer, { shape, maxPieceBytes = defaultPieceBytes }: BodyForm): Piece {
  if (body.length > maxPieceBytes) throw uncut(megabytes(body.length), { shape, maxPieceBytes });
  return { body };
}

export function uncut(
  size: string,
  { shape, maxPieceBytes = defaultPieceBytes }: Pick<BodyForm, 'shape' | 'maxPieceBytes'>,
): Error {
  return tooLarge(
    `the response has ${size} and shape '${shape}' cannot be cut (the most is ${megabytes(maxPieceBytes)})`,
  );
}

function countsOf({ records, kept, lastRecord }: RecordVisitor): Omit<TakenRecords, 'pieces'> {
  return { records, kept, lastRecord };
}

function wholeOf(json: Buffer): Span {
  return { start: 0, end: json.length };
}

function startOf(json: Buffer, form: BodyForm): number {
  return spanOf(json, form).start;
}

/** The scanner finds what selectPath has found. */
function spanOf(json: Buffer, { selector }: BodyForm): Span {
  return onlyValue(json, selector) ?? wholeOf(json);
}

function misfit({ selector, shape }: BodyForm): HttpError {
  const message = `data_selector ${formatJsonPath(selector)} finds nothing that could be a ${shape}`;
  return new HttpError(message, { retryable: true });
}
