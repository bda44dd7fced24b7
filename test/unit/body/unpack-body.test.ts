import { expect } from 'chai';
import { zipSync, type Zippable } from 'fflate';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { readBeginning } from '../../../pipeline/body/read-beginning.ts';
import { HttpError } from '../../../pipeline/http/http-error.ts';
import { rejection } from '../../support/rejection.ts';
import { answerOf, read } from './read-body.ts';

const text = '[{"a":"é"}]';
const bytes = Buffer.from(text);
const encoded = (encoding: string) => ({ 'content-encoding': encoding });
const zipped = (files: Zippable) => Buffer.from(zipSync(files));

const inCharset = (charset?: string) => ({
  response: { format: 'json' as const, ...(charset && { charset }) },
});
const inHeader = (charset: string) => ({
  headers: { 'content-type': `application/json; charset="${charset}"` },
});

describe('a compressed body', () => {
  const good: [what: string, body: Buffer, headers: Record<string, string>][] = [
    ['gzip', gzipSync(bytes), encoded('gzip')],
    ['x-gzip, in capitals', gzipSync(bytes), encoded('X-GZIP')],
    ['deflate', deflateSync(bytes), encoded('deflate')],
    ['deflate without its header', deflateRawSync(bytes), encoded('deflate')],
    ['brotli', brotliCompressSync(bytes), encoded('br')],
    ['two encodings', gzipSync(brotliCompressSync(bytes)), encoded('br, gzip')],
    ['identity', bytes, encoded('identity')],
    ['a gzip file', gzipSync(bytes), { 'content-type': 'application/octet-stream' }],
    ['a gzip file that is encoded too', gzipSync(gzipSync(bytes)), encoded('gzip')],
    ['a gzip file in two members', Buffer.concat([gzipSync('[{"a":'), gzipSync('"é"}]')]), {}],
    ['a zip archive', zipped({ 'a.json': bytes }), {}],
    ['a zip archive without compression', zipped({ 'a.json': [bytes, { level: 0 }] }), {}],
    [
      'a zip archive with folders',
      zipped({ 'x/': new Uint8Array(), 'x/a.json': bytes, '__MACOSX/x/._a.json': bytes }),
      {},
    ],
    ['an encoded zip archive', gzipSync(zipped({ 'a.json': bytes })), encoded('gzip')],
  ];
  for (const [what, body, headers] of good) {
    it(`is unpacked: ${what}`, async () => {
      for (const chunk of [1, 7, 10_000]) {
        const { texts, facts } = await read(body, {}, { headers, chunk });
        expect(texts).to.deep.equal([text]);
        expect(facts.bytes).to.equal(bytes.length);
      }
    });
  }

  const archive = zipped({ 'a.json': bytes });
  const flipped = Buffer.from(archive);
  // The checksum in the directory of the archive.
  const place = archive.lastIndexOf(Buffer.from('PK\u0001\u0002')) + 16;
  flipped.writeUInt32LE((flipped.readUInt32LE(place) ^ 1) >>> 0, place);
  const locked = Buffer.from(archive);
  locked.writeUInt16LE(1, place - 8);
  const bad: [
    what: string,
    body: Buffer,
    headers: Record<string, string>,
    said: RegExp,
    retryable: boolean,
  ][] = [
    [
      'gzip that is cut short',
      gzipSync(bytes).subarray(0, -3),
      encoded('gzip'),
      /damaged or cut short \(Z_BUF_ERROR\)/,
      true,
    ],
    ['gzip that is none', bytes, encoded('gzip'), /damaged or cut short \(Z_DATA_ERROR\)/, true],
    [
      'brotli that is cut short',
      brotliCompressSync(bytes).subarray(0, -3),
      encoded('br'),
      /damaged or cut short/,
      true,
    ],
    [
      'an encoding that nobody knows',
      bytes,
      encoded('zstd'),
      /encoded as 'zstd', which was not asked for/,
      false,
    ],
    [
      'an encoding named like a member of objects',
      bytes,
      encoded('constructor'),
      /encoded as 'constructor'/,
      false,
    ],
    [
      'a zip archive that is cut short',
      archive.subarray(0, -1),
      {},
      /zip archive is damaged or cut short/,
      true,
    ],
    ['a zip archive whose file is damaged', flipped, {}, /'a.json' in the zip archive is damaged/, true],
    ['an encrypted zip archive', locked, {}, /the zip archive is encrypted/, false],
    [
      'a zip archive of two files',
      zipped({ 'a.csv': bytes, 'b.csv': bytes }),
      {},
      /2 files in it \('a.csv', 'b.csv'\), not one/,
      false,
    ],
    ['an empty zip archive', zipped({}), {}, /the zip archive has no file in it/, false],
  ];
  for (const [what, body, headers, said, retryable] of bad) {
    it(`is refused: ${what}`, async () => {
      const answer = { headers, chunk: 5 };
      const error = await rejection(read(body, {}, answer));
      expect(error).to.be.instanceOf(HttpError).and.include({ status: 200, retryable });
      expect(error.message).to.match(said);
    });
  }

  it('cannot unfold beyond what fits into a line', async () => {
    const error = await rejection(
      read(
        gzipSync(Buffer.alloc(2 ** 20, ' ')),
        { shape: 'object', maxPieceBytes: 2 ** 17 },
        { headers: encoded('gzip') },
      ),
    );
    expect(error.message).to.match(/more than 0.2 MB and shape 'object' cannot be cut/);
    const list = Buffer.from(`[${' '.repeat(2 ** 20)}"${'x'.repeat(2 ** 20)}"]`);
    const said = rejection(read(gzipSync(list), { maxPieceBytes: 2 ** 17 }));
    expect((await said).message).to.match(/record 1 .* larger than a line may be/);
  });

  it('closes the connection when it is refused half way', async () => {
    const answer = answerOf(Buffer.alloc(1000, 'x'), { headers: encoded('zstd'), chunk: 10 });
    expect(await readBeginning(answer, 100)).to.equal('');
    expect(answer.body.destroyed).to.equal(true);
  });
});

describe('readBeginning', () => {
  it('reads no more than asked for, and closes the connection', async () => {
    const answer = answerOf(Buffer.alloc(1000, 'x'), { chunk: 10 });
    expect(await readBeginning(answer, 25)).to.equal('x'.repeat(25));
    expect(answer.body.destroyed).to.equal(true);
  });

  it('gives what has arrived when the rest is damaged', async () => {
    const body = gzipSync(Buffer.alloc(200_000, 'no '));
    const answer = answerOf(body.subarray(0, -8), { headers: encoded('gzip') });
    expect(await readBeginning(answer, 10_000_000)).to.match(/^(no )+/);
  });

  it('reads it in its charset, or as well as it can', async () => {
    const latin = Buffer.from('é', 'latin1');
    const named = (charset: string) =>
      answerOf(latin, { headers: { 'content-type': `text/html; charset=${charset}` } });
    expect(await readBeginning(named('iso-8859-1'), 10)).to.equal('é');
    expect(await readBeginning(named('klingon'), 10)).to.equal('\uFFFD');
  });
});

describe('the charset of a body', () => {
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
  const good: [what: string, body: Buffer, charset?: string | undefined, header?: string][] = [
    ['UTF-8 where nothing is said', bytes],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['the one that the source names', Buffer.from(text, 'latin1'), 'iso-8859-1', 'utf-8'],
    ['the one of the Content-Type', Buffer.from(text, 'latin1'), undefined, 'windows-1252'],
    ['the one of the byte order mark', utf16, undefined, 'iso-8859-1'],
    ['the other order of bytes', Buffer.from(utf16).swap16()],
  ];
  for (const [what, body, charset, header] of good) {
    it(`is ${what}`, async () => {
      for (const chunk of [1, 2, 3, 100]) {
        const { texts } = await read(body, inCharset(charset), { ...(header && inHeader(header)), chunk });
        expect(texts).to.deep.equal([text]);
      }
    });
  }

  it('must be known', async () => {
    const error = await rejection(read(bytes, {}, inHeader('klingon')));
    expect(error.message).to.match(/nobody knows its charset 'klingon'; name the right one \(`charset`\)/);
    expect(error).to.include({ retryable: false });
  });

  for (const charset of ['utf-8', 'utf-16le', 'shift_jis']) {
    it(`must be what it is said to be: ${charset}`, async () => {
      const error = await rejection(
        read(Buffer.from([0x5b, 0xff, 0xff, 0xd8, 0x00, 0xd8]), inCharset(charset), { chunk: 1 }),
      );
      expect(error.message).to.match(/^200, but the body is not /);
      expect(error).to.include({ retryable: true });
    });
  }
});
