/** Bytes to records: formats, compression, charsets, sizes, damage. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import type { Answer } from '../api-server.ts';
import { json } from '../answers.ts';
import type { Row } from '../row.ts';

const text = (body: string, type: string): Answer => ({ text: body, headers: { 'content-type': type } });
const bytes = (
  body: Buffer | Uint8Array,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Answer => ({
  bytes: Buffer.from(body),
  headers,
});
const ndjson = 'endpoint: { response_format: ndjson }';
const csv = (more = '') => `endpoint: { response_format: csv${more} }\ncolumns: { id: bigint, name: string }`;
const list = Buffer.from('[{"id":1},{"id":2}]');
const names = 'columns: { id: bigint, name: string }';

export const bodies: Row[] = [
  {
    name: 'a JSON body lands as the API wrote it, in one line',
    api: [text('[\n  { "id" : 1.0 ,\r\n "x": 1e2 }\n]', 'application/json')],
    raw: { has: [/"body":\[ +\{ "id" : 1\.0 , +"x": 1e2 \} \]/] },
    rows: [{ id: 1, _extra: '{"x":100.0}' }],
  },
  {
    name: 'numbers land with all of their digits',
    api: [text('[{"id":9007199254740993,"n":0.1234567890123456789,"m":1.10}]', 'application/json')],
    rows: [{ id: '9007199254740993' }],
    raw: { has: ['"n":0.1234567890123456789,"m":1.10'] },
  },
  {
    name: 'a byte order mark before JSON is no part of it',
    api: [bytes(Buffer.from('\uFEFF[{"id":1}]'))],
    rows: [1],
  },
  {
    name: 'a body without Content-Type is read as the source says',
    api: [bytes(list, {})],
    rows: [1, 2],
  },
  {
    name: 'gzip by Content-Encoding',
    api: [bytes(gzipSync(list), { 'content-type': 'application/json', 'content-encoding': 'gzip' })],
    rows: [1, 2],
  },
  {
    name: 'brotli by Content-Encoding',
    api: [bytes(brotliCompressSync(list), { 'content-type': 'application/json', 'content-encoding': 'br' })],
    rows: [1, 2],
  },
  {
    name: 'deflate by Content-Encoding',
    api: [bytes(deflateSync(list), { 'content-type': 'application/json', 'content-encoding': 'deflate' })],
    rows: [1, 2],
  },
  {
    name: 'a gzip file that no header names is recognised',
    api: [bytes(gzipSync(list), { 'content-type': 'application/octet-stream' })],
    rows: [1, 2],
  },
  {
    name: 'gzip in gzip: a file that was compressed again on its way',
    api: [
      bytes(gzipSync(gzipSync(list)), { 'content-type': 'application/gzip', 'content-encoding': 'gzip' }),
    ],
    rows: [1, 2],
  },
  {
    name: 'gzip of several members is read to its end',
    api: [
      bytes(Buffer.concat([gzipSync('[{"id":1},'), gzipSync('{"id":2}]')]), { 'content-encoding': 'gzip' }),
    ],
    rows: [1, 2],
  },
  {
    name: 'gzip cut short is damage, tried again',
    api: [
      bytes(gzipSync(list).subarray(0, 20), { 'content-encoding': 'gzip' }),
      bytes(gzipSync(list), { 'content-encoding': 'gzip' }),
    ],
    asked: 2,
    rows: [1, 2],
  },
  {
    name: 'a zip with one file in it',
    api: [bytes(zipSync({ 'data.json': list }), { 'content-type': 'application/zip' })],
    rows: [1, 2],
  },
  {
    name: 'a zip with two files in it fails: which one?',
    api: {
      '/items': bytes(zipSync({ 'a.json': list, 'b.json': list }), { 'content-type': 'application/zip' }),
    },
    outcome: /zip.*2 files|two files|files/i,
    rows: [],
  },
  {
    name: 'a zip with CSV in it',
    source: csv(),
    api: [
      bytes(zipSync({ 'data.csv': Buffer.from('id,name\n1,A\n') }), { 'content-type': 'application/zip' }),
    ],
    rows: [{ id: 1, name: 'A' }],
  },
  {
    name: 'NDJSON: a record each line, blank lines and a missing last line break',
    source: ndjson,
    api: [text('{"id":1}\n\n{"id":2}\r\n{"id":3}', 'application/x-ndjson')],
    rows: [1, 2, 3],
  },
  {
    name: 'NDJSON that is empty has no records',
    source: ndjson,
    api: [text('', 'application/x-ndjson')],
    rows: [],
  },
  {
    name: 'a broken line of NDJSON fails by its number',
    source: `client: { max_attempts: 1 }\n${ndjson}`,
    api: [text('{"id":1}\n{"id":\n', 'application/x-ndjson')],
    outcome: /line 2/,
    rows: [],
  },
  {
    name: 'CSV: the first line names the fields',
    source: csv(),
    api: [text('id,name\n1,A\n2,B\n', 'text/csv')],
    rows: [
      { id: 1, name: 'A' },
      { id: 2, name: 'B' },
    ],
  },
  {
    name: 'CSV: quotes, commas, line breaks and doubled quotes within',
    source: csv(),
    api: [text('id,name\r\n1,"A, ""B""\r\nC"\r\n', 'text/csv')],
    rows: [{ id: 1, name: 'A, "B"\r\nC' }],
  },
  {
    name: 'CSV: an empty value is null, an empty text in quotes is a text',
    source: csv(),
    api: [text('id,name\n1,\n2,""\n', 'text/csv')],
    rows: [
      { id: 1, name: null },
      { id: 2, name: '' },
    ],
  },
  {
    name: 'CSV: semicolons, single quotes, lines left out before the header, comments',
    source: csv(`, csv: { delimiter: ';', quote: "'", skip_lines: 2, comment: '#' }`),
    api: [text("Report\nof today\nid;name\n# a note\n1;'A;B'\n", 'text/csv')],
    rows: [{ id: 1, name: 'A;B' }],
  },
  {
    name: 'CSV: tabs, and names given by the source',
    source: csv(`, csv: { delimiter: "\\t", header: [id, name] }`),
    api: [text('1\tA\n2\tB\n', 'text/tab-separated-values')],
    rows: [
      { id: 1, name: 'A' },
      { id: 2, name: 'B' },
    ],
  },
  {
    name: 'CSV: a line with too few fields fails by its number',
    source: `client: { max_attempts: 1 }\n${csv()}`,
    api: [text('id,name\n1,A\n2\n', 'text/csv')],
    outcome: /line 3/,
    rows: [],
  },
  {
    name: 'CSV: a header alone has no records',
    source: csv(),
    api: [text('id,name\n', 'text/csv')],
    rows: [],
  },
  {
    name: 'CSV: a byte order mark is no part of the first name',
    source: csv(),
    api: [text('\uFEFFid,name\n1,A\n', 'text/csv')],
    rows: [{ id: 1, name: 'A' }],
  },
  {
    name: 'CSV compressed with gzip',
    source: csv(),
    api: [bytes(gzipSync('id,name\n1,A\n'), { 'content-type': 'text/csv', 'content-encoding': 'gzip' })],
    rows: [{ id: 1, name: 'A' }],
  },
  {
    name: 'Latin-1 by Content-Type',
    source: csv(),
    api: [
      bytes(Buffer.from('id,name\n1,Köln\n', 'latin1'), { 'content-type': 'text/csv; charset=ISO-8859-1' }),
    ],
    rows: [{ id: 1, name: 'Köln' }],
  },
  {
    name: 'Windows-1252 by the source, over a Content-Type that lies',
    source: csv(', charset: windows-1252'),
    api: [
      bytes(Buffer.from([...Buffer.from('id,name\n1,'), 0x80, 0x0a]), {
        'content-type': 'text/csv; charset=utf-8',
      }),
    ],
    rows: [{ id: 1, name: '€' }],
  },
  {
    name: 'UTF-16 by its byte order mark',
    source: `endpoint: { charset: utf-16le }\n${names}`,
    api: [bytes(Buffer.from('\uFEFF[{"id":1,"name":"Łódź"}]', 'utf16le'))],
    rows: [{ id: 1, name: 'Łódź' }],
  },
  {
    name: 'bytes that are not of their charset fail instead of landing as question marks',
    source: `client: { max_attempts: 1 }\n${names}`,
    api: [bytes(Buffer.from('[{"id":1,"name":"K\u00f6ln"}]', 'latin1'))],
    outcome: /UTF-8|utf-8/i,
    rows: [],
  },
  {
    name: 'an unknown charset in the answer fails by its name',
    source: 'client: { max_attempts: 1 }',
    api: [bytes(list, { 'content-type': 'application/json; charset=klingon' })],
    outcome: /klingon/,
    rows: [],
  },
  {
    name: 'an unknown charset in the source is refused when it is read',
    source: 'endpoint: { charset: klingon }',
    api: [],
    refused: /klingon/,
  },
  {
    name: 'Unicode, escapes and emoji arrive as they are',
    source: names,
    api: [text(String.raw`[{"id":1,"name":"\u00c5\ud83c\udf27 São 東京 🌧"}]`, 'application/json')],
    rows: [{ id: 1, name: 'Å🌧 São 東京 🌧' }],
  },
  {
    name: 'a list of more than 8 MB lands in several lines, each record once',
    source: names,
    api: [json(Array.from({ length: 1100 }, (_, id) => ({ id, name: 'x'.repeat(8_000) })))],
    rowCount: 1100,
    raw: { has: [/"chunk":\{"number":1,"of":|"chunk":\{"number":1\b/, /"chunk":\{"number":2/] },
  },
  {
    name: 'a large list in an envelope repeats the envelope with each part',
    source: `data_selector: $.items\ncolumns: { id: bigint, of: { type: string, from_response: $.meta.name } }`,
    api: [
      json({
        meta: { name: 'large' },
        items: Array.from({ length: 1100 }, (_, id) => ({ id, pad: 'x'.repeat(8_000) })),
      }),
    ],
    rowCount: 1100,
    everyRow: { of: 'large' },
  },
  {
    name: 'a body that ends after its first record fails',
    source: 'client: { max_attempts: 1 }',
    api: [text('[{"id":1}', 'application/json')],
    outcome: /JSON|end/i,
    rows: [],
  },
  {
    name: 'text after the JSON is damage',
    source: 'client: { max_attempts: 1 }',
    api: [text('[{"id":1}]<!-- cached -->', 'application/json')],
    outcome: /JSON/i,
    rows: [],
  },
  {
    name: 'an empty body in a 200 is damage, not no records',
    source: 'client: { max_attempts: 2 }',
    api: { '/items': text('', 'application/json') },
    asked: 2,
    outcome: /empty/,
    rows: [],
  },
];
