import type { Piece } from './body-form.ts';
import { tooLarge } from './damage.ts';

export interface PieceOptions {
  /** The document up to the elements of its list, and after them. */
  before: Buffer;
  after: Buffer;
  /** What a piece may have. */
  maxBytes: number;
  /** What it should have. */
  pieceBytes: number;
  /** What it will have, more or less. */
  expectedBytes: number;
}

const comma = 0x2c;

/** Puts elements of a list together to documents, each with what surrounds the list. */
export class PieceWriter {
  #options: PieceOptions;
  #piece: Buffer = Buffer.alloc(0);
  /** Bytes of `before` and elements in it. */
  #length = 0;
  #pieces = 0;

  constructor(options: PieceOptions) {
    this.#options = options;
  }

  /** For elements, in bytes. */
  get room(): number {
    const { before, after, maxBytes } = this.#options;
    return maxBytes - before.length - after.length;
  }

  /** Adds elements that fit into a piece; answers with the piece before, when that has become full. */
  add(elements: Buffer): Piece | undefined {
    const { before, after, pieceBytes } = this.#options;
    const isEmpty = this.#length <= before.length;
    const full = !isEmpty && this.#length + 1 + elements.length + after.length > pieceBytes;
    const piece = full ? { ...this.#take(), chunk: this.#pieces } : undefined;
    this.#begin(elements.length + 1);
    if (this.#length > before.length) {
      this.#piece[this.#length] = comma;
      this.#length += 1;
    }
    elements.copy(this.#piece, this.#length);
    this.#length += elements.length;
    return piece;
  }

  /** The last piece; the only one has no number. */
  finish(): Piece | undefined {
    if (this.#pieces > 0 && this.#length === 0) return undefined;
    this.#begin(0);
    const piece = this.#take();
    return this.#pieces === 1 ? piece : { ...piece, chunk: this.#pieces };
  }

  #begin(bytes: number): void {
    const { before, after, expectedBytes } = this.#options;
    if (this.room < 0) throw tooLarge('what surrounds the list in the response is larger than a line may be');
    const needed = Math.max(this.#length, before.length) + bytes + after.length;
    if (needed > this.#piece.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, expectedBytes, 2 * this.#length));
      this.#piece.copy(larger, 0, 0, this.#length);
      this.#piece = larger;
    }
    if (this.#length === 0) this.#length = before.copy(this.#piece);
  }

  #take(): Piece {
    const { after } = this.#options;
    after.copy(this.#piece, this.#length);
    const body = this.#piece.subarray(0, this.#length + after.length);
    this.#piece = Buffer.alloc(0);
    this.#length = 0;
    this.#pieces += 1;
    return { body };
  }
}
