import type { BodyForm, Piece } from './body-form.ts';
import { editItems } from './edit-items.ts';
import { elementsFrom } from './json-scanner.ts';
import { PieceWriter, type PieceOptions } from './piece-writer.ts';
import { RecordVisitor } from './record-visitor.ts';

/** Makes pieces of a list whose elements come bit by bit. */
export class ListTaker {
  readonly visitor: RecordVisitor;
  #writer: PieceWriter;
  #rules: BodyForm['protect'];

  constructor(form: BodyForm, pieces: PieceOptions) {
    this.visitor = new RecordVisitor(form);
    this.#writer = new PieceWriter(pieces);
    this.#rules = form.protect ?? [];
  }

  /** For elements, in bytes. */
  get room(): number {
    return this.#writer.room;
  }

  /** `json`: the elements' text with commas between them; `records`: the same, parsed. */
  *take(json: Buffer, records: readonly unknown[]): Generator<Piece> {
    const before = this.visitor.records;
    const stays = this.visitor.visit(records);
    const rules = this.#rules ?? [];
    const most = this.#writer.room;
    const isWhole = rules.length === 0 && !stays && json.length <= most;
    const texts = isWhole ? [json] : editItems(json, elementsFrom(json, 0), { stays, rules, most, before });
    for (const text of texts) {
      if (text.length === 0) continue;
      const piece = this.#writer.add(text);
      if (piece) yield piece;
    }
  }

  *finish(): Generator<Piece> {
    const piece = this.#writer.finish();
    if (piece) yield piece;
  }
}
