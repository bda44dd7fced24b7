import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** Whole lines of one raw object. */
export interface RawText {
  object: string;
  /** The number of its first line. */
  line: number;
  text: string;
}

/** As an engine hands them to the parse statement: about a megabyte at a time. */
const textBytes = 2 ** 20;
const lineBreak = 0x0a;

/** The objects one after the other, each unpacked while whoever asks is at work on what came before. */
export async function* rawTexts(objects: string[]): AsyncGenerator<RawText> {
  for (const object of objects) {
    let line = 0;
    for await (const lines of wholeLines(object)) {
      yield { object, line, text: lines.toString() };
      line += countLines(lines);
    }
  }
}

/** Without the last line break. */
async function* wholeLines(object: string): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of createReadStream(object).pipe(createGunzip({ chunkSize: textBytes / 4 }))) {
    const bytes = chunk as Buffer;
    const end = size + bytes.length < textBytes ? -1 : bytes.lastIndexOf(lineBreak);
    if (end === -1) held.push(bytes);
    else yield Buffer.concat([...held, bytes.subarray(0, end)]);
    if (end !== -1) held = [bytes.subarray(end + 1)];
    size = end === -1 ? size + bytes.length : bytes.length - end - 1;
  }
  const last = Buffer.concat(held);
  if (last.length > 0) yield last.at(-1) === lineBreak ? last.subarray(0, -1) : last;
}

function countLines(text: Buffer): number {
  let count = 1;
  for (let at = text.indexOf(lineBreak); at !== -1; at = text.indexOf(lineBreak, at + 1)) count += 1;
  return count;
}
