/**
 * Reads and lands a generated response of many megabytes in a process of its own, so that its memory can be seen:
 * `stream-body.ts <megabytes> <json|ndjson|csv>` prints pieces, records, bytes, objects and the most memory, in bytes.
 */
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { landWindow } from '../../functions/fetch/land-window.ts';
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
/** Takes everything, keeps nothing. Parts are as small as they are here because the text is. */
const s3 = {
  send: async (command: object) =>
    command instanceof CreateMultipartUploadCommand ? { UploadId: '1' } : { ETag: '"1"', VersionId: '1' },
};
const window = {
  resource: 'stations',
  slice: 'all',
  scheduledAt: head.scheduled_at,
  holder: 'r/x',
  attempt: 1,
};
const landing = landWindow(window, { s3: s3 as never, stagingBucket: 'staging' }, { partBytes: 2 ** 16 });
const unit = landing.openUnit();
const page = unit.openPage();
let pieces = 0;
let longest = 0;
for await (const piece of reading.pieces) {
  pieces += 1;
  const line = rawLine(head, piece);
  longest = Math.max(longest, line.length);
  await page.write(line);
}
await page.commit();
await unit.commit();
const objects = (await landing.finish()).length;
const { records, bytes } = reading.facts();
const memory = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ pieces, longest, records, bytes, objects, memory }));
