/**
 * Reads a generated response of many megabytes in a process of its own, so that its memory can be seen:
 * `stream-body.ts <megabytes> <json|ndjson|csv>` prints pieces, records, bytes and the most memory, in bytes.
 */
import { Readable } from 'node:stream';
import { rawLine, roomForBody } from '../../pipeline/raw-line.ts';
import { readRecords } from '../../pipeline/body/read-records.ts';

const [megabytes = '64', format = 'json'] = process.argv.slice(2);
const recordsOfChunk = 400;
const formats = {
  json: { start: '{"meta":{"n":1},"data":[0', record: jsonRecord, between: ',', end: '],"next":null}' },
  ndjson: { start: '0', record: jsonRecord, between: '\n', end: '\n' },
  csv: { start: 'id,name,time,value,text', record: csvRecord, between: '\n', end: '\n' },
};

function jsonRecord(id: number): string {
  return `{"id":${id},"name":"station ${id % 100}","time":"2026-11-21T10:00:00Z","value":1.10,"text":"${'é'.repeat(40)}"}`;
}

function csvRecord(id: number): string {
  return `${id},"station, ${id % 100}",2026-11-21T10:00:00Z,1.10,${'é'.repeat(40)}`;
}

/** The same records over and over: making them up costs more memory than reading them. */
function* chunksOf(
  { start, record, between, end }: (typeof formats)['json'],
  bytes: number,
): Generator<Buffer> {
  const texts = Array.from({ length: recordsOfChunk }, (_, id) => `${between}${record(id)}`);
  const chunk = Buffer.from(texts.join(''));
  yield Buffer.from(start);
  for (let written = 0; written < bytes; written += chunk.length) yield chunk;
  yield Buffer.from(end);
}

const head = {
  v: 1 as const,
  resource: 'stations',
  scheduled_at: '2026-11-21T10:05:00Z',
  fetched_at: '2026-11-21T10:05:01.234Z',
  request: { method: 'GET', url: 'https://api.example/stations', for: {}, page: 1 },
  status: 200,
  headers: {},
};
const kind = format as keyof typeof formats;
const body = Readable.from(chunksOf(formats[kind], Number(megabytes) * 2 ** 20), { objectMode: true });
const reading = readRecords(
  { status: 200, headers: {}, body },
  {
    response: { format: kind },
    selector: kind === 'json' ? ['data'] : [],
    shape: 'list',
    maxPieceBytes: roomForBody(head),
  },
  { mask: { maskBody: (text) => text }, judge: () => undefined },
);
let pieces = 0;
let longest = 0;
for await (const piece of reading.pieces) {
  pieces += 1;
  longest = Math.max(longest, rawLine(head, piece).length);
}
const { records, bytes } = reading.facts();
const memory = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ pieces, longest, records, bytes, memory }));
