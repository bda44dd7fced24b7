import { createHash } from 'node:crypto';

/** The least that is a Parquet file: no column, no row group, and a footer that states so many rows. */
export function parquetFile(rows: number): Buffer {
  const zigzag: number[] = [];
  for (let left = rows * 2; ; left = Math.floor(left / 128)) {
    zigzag.push(left > 127 ? (left % 128) + 128 : left);
    if (left <= 127) break;
  }
  // FileMetaData in thrift's compact protocol: version (i32) 1, schema (list of structs) empty, num_rows (i64), stop.
  const footer = Buffer.from([0x15, 2, 0x19, 0x0c, 0x16, ...zigzag, 0]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([Buffer.from('PAR1'), footer, length, Buffer.from('PAR1')]);
}

/** As S3 makes it of what is put in one piece. */
export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
