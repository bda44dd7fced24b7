/**
 * The one file of a zip archive. What an archive contains is said at its end, so it is held in memory, compressed; the file
 * in it is unpacked as it is read. Format: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.
 */
import { crc32, createInflateRaw } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import { HttpError } from '../http/http-error.ts';
import { damaged, megabytes, tooLarge } from './damage.ts';

interface Entry {
  name: string;
  encrypted: boolean;
  method: number;
  crc: number;
  start: number;
  packed: number;
}

const mostBytes = 64 * 2 ** 20;
const localHeader = 0x04034b50;
const directoryEntry = 0x02014b50;
const directoryEnd = 0x06054b50;
const directoryEndBytes = 22;
const longestComment = 0xffff;

export function isZip(head: Buffer): boolean {
  return head.length >= 4 && (head.readUInt32LE(0) === localHeader || head.readUInt32LE(0) === directoryEnd);
}

export async function* unzipFile(bytes: AsyncIterable<Buffer>, status: number): AsyncGenerator<Buffer> {
  const archive = await collect(bytes);
  const entry = onlyFile(archive, status);
  const packed = archive.subarray(entry.start, entry.start + entry.packed);
  let sum = 0;
  for await (const chunk of unpack(packed, entry)) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== entry.crc) throw damaged(status, `'${entry.name}' in the zip archive is damaged`);
}

async function collect(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostBytes) throw tooLarge(`the zip archive has more than ${megabytes(mostBytes)}`);
  }
  return Buffer.concat(chunks);
}

function unpack(packed: Buffer, { method }: Entry): AsyncIterable<Buffer> {
  const bytes = Readable.from([packed]);
  return method === 0 ? bytes : pipeline(bytes, createInflateRaw({ chunkSize: 64 * 1024 }), () => undefined);
}

function onlyFile(archive: Buffer, status: number): Entry {
  const refuse = (what: string): never => {
    throw new HttpError(`${status}, but the zip archive ${what}`, { status, retryable: false });
  };
  const entries = entriesOf(archive, status);
  const files = entries.filter(({ name }) => !name.endsWith('/') && !name.startsWith('__MACOSX/'));
  const [file, other] = files;
  if (!file) return refuse('has no file in it');
  if (other)
    return refuse(
      `has ${files.length} files in it ('${file.name}', '${other.name}'${files.length > 2 ? ', …' : ''}), not one`,
    );
  if (file.encrypted) return refuse('is encrypted');
  if (file.method !== 0 && file.method !== 8)
    return refuse(`is compressed by method ${file.method}, not by deflate`);
  return file;
}

function entriesOf(archive: Buffer, status: number): Entry[] {
  try {
    const end = endOfDirectory(archive);
    const entries: Entry[] = [];
    let at = archive.readUInt32LE(end + 16);
    for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
      const entry = readEntry(archive, at);
      entries.push(entry);
      at = entry.next;
    }
    return entries;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw damaged(status, `the zip archive is damaged or cut short (${cause.message})`, cause);
  }
}

/** Its record ends with a comment, which ends the archive. */
function endOfDirectory(archive: Buffer): number {
  const last = archive.length - directoryEndBytes;
  for (let at = last; at >= Math.max(0, last - longestComment); at -= 1) {
    if (archive.readUInt32LE(at) === directoryEnd && archive.readUInt16LE(at + 20) === last - at) return at;
  }
  throw new RangeError('it has no directory');
}

function readEntry(archive: Buffer, at: number): Entry & { next: number } {
  if (archive.readUInt32LE(at) !== directoryEntry) throw new RangeError('its directory is broken');
  const nameEnd = at + 46 + archive.readUInt16LE(at + 28);
  const header = archive.readUInt32LE(at + 42);
  if (archive.readUInt32LE(header) !== localHeader) throw new RangeError('a file in it has no header');
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const packed = archive.readUInt32LE(at + 20);
  if (start + packed > archive.length) throw new RangeError('a file in it is cut short');
  return {
    name: archive.toString('utf8', at + 46, nameEnd),
    encrypted: archive.readUInt16LE(at + 8) % 2 === 1,
    method: archive.readUInt16LE(at + 10),
    crc: archive.readUInt32LE(at + 16),
    start,
    packed,
    next: nameEnd + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32),
  };
}
