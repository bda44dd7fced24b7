import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const formats = ['json', 'ndjson', 'csv'] as const;
export type Format = (typeof formats)[number];

export function isFormat(word: string): word is Format {
  return (formats as readonly string[]).includes(word);
}

const perBlock = 10_000;

/** One response of so many megabytes, written as fast as it is read; gives the number of its records. */
export async function serveRecords(
  format: Format,
  megabytes: number,
  response: ServerResponse,
): Promise<number> {
  const block = blockOf(format);
  const blocks = Math.ceil((megabytes * 2 ** 20) / block.length);
  response.writeHead(200, { 'content-type': surroundings[format].type });
  await pipeline(Readable.from(chunksOf(format, block, blocks)), response);
  return blocks * perBlock;
}

function* chunksOf(format: Format, block: Buffer, blocks: number): Generator<Buffer> {
  const { opening, separator, closing } = surroundings[format];
  yield Buffer.from(opening);
  for (let number = 0; number < blocks; number += 1) {
    if (number > 0) yield Buffer.from(separator);
    yield block;
  }
  yield Buffer.from(closing);
}

interface Surroundings {
  type: string;
  opening: string;
  separator: string;
  closing: string;
}

const surroundings: Record<Format, Surroundings> = {
  json: { type: 'application/json', opening: '{"data":[', separator: ',', closing: ']}' },
  ndjson: { type: 'application/x-ndjson', opening: '', separator: '\n', closing: '\n' },
  csv: {
    type: 'text/csv',
    opening: 'id,time,station,temperature,signature\n',
    separator: '\n',
    closing: '\n',
  },
};

/** Records of about 150 bytes, half of which no compression makes smaller. */
function blockOf(format: Format): Buffer {
  const rows = Array.from({ length: perBlock }, (_, id) => ({
    id,
    time: new Date(Date.UTC(2026, 10, 1) + id * 60_000).toISOString(),
    station: `station-${id % 1000}`,
    temperature: ((id * 7919) % 4000) / 100,
    signature: createHash('sha256').update(String(id)).digest('base64'),
  }));
  const texts = rows.map((row) => (format === 'csv' ? Object.values(row).join(',') : JSON.stringify(row)));
  return Buffer.from(texts.join(format === 'json' ? ',' : '\n'));
}
