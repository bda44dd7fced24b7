/**
 * The number of rows that a Parquet footer states. A footer is a thrift struct, FileMetaData, in the compact protocol:
 * version, schema, num_rows, then what is of no interest here, such as each column's statistics.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
import { CatchwaterError } from '../errors.ts';

const numRowsField = 3;

const types = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, double: 7, binary: 8, list: 9, set: 10 };
const map = 11;
const struct = 12;

export function footerRows(footer: Uint8Array): number {
  const reader = new CompactReader(footer);
  for (let field = reader.field(0); field; field = reader.field(field.id)) {
    if (field.id === numRowsField && field.type === types.i64) return reader.integer();
    reader.skip(field.type);
  }
  throw new CatchwaterError('its footer does not say how many rows it has');
}

class CompactReader {
  private at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The head of a struct's next field; undefined where the struct ends. */
  field(before: number): { id: number; type: number } | undefined {
    const head = this.byte();
    if (head === 0) return undefined;
    const step = head >> 4;
    return { id: step === 0 ? this.integer() : before + step, type: head & 15 };
  }

  /** Zigzag. */
  integer(): number {
    const value = this.varint();
    return Number(value % 2n === 0n ? value / 2n : -(value + 1n) / 2n);
  }

  skip(type: number): void {
    if (type === types.true || type === types.false) return;
    if (type === types.byte) this.at += 1;
    else if (type === types.i16 || type === types.i32 || type === types.i64) this.varint();
    else if (type === types.double) this.at += 8;
    else if (type === types.binary) this.skipBytes();
    else if (type === types.list || type === types.set) this.skipList();
    else if (type === map) this.skipMap();
    else if (type === struct) this.skipStruct();
    else throw new CatchwaterError(`its footer holds a value of the unknown type ${type}`);
  }

  private skipBytes(): void {
    const length = Number(this.varint());
    this.at += length;
  }

  private skipList(): void {
    const head = this.byte();
    const size = head >> 4 === 15 ? Number(this.varint()) : head >> 4;
    for (let index = 0; index < size; index += 1) this.skipElement(head & 15);
  }

  private skipMap(): void {
    const size = Number(this.varint());
    if (size === 0) return;
    const kinds = this.byte();
    for (let index = 0; index < size; index += 1) {
      this.skipElement(kinds >> 4);
      this.skipElement(kinds & 15);
    }
  }

  private skipStruct(): void {
    for (let field = this.field(0); field; field = this.field(field.id)) this.skip(field.type);
  }

  /** A truth value is the type of its field, but a byte of its own in a list. */
  private skipElement(type: number): void {
    if (type === types.true || type === types.false) this.at += 1;
    else this.skip(type);
  }

  private varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new CatchwaterError('its footer ends too early');
    this.at += 1;
    return byte;
  }
}
