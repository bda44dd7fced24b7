import type { DuckDBConnection } from '@duckdb/node-api';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatchwaterError } from '../../../pipeline/errors.ts';
import { footerRows } from '../../../pipeline/parquet/footer-rows.ts';
import { readFooter } from '../../../pipeline/parquet/read-footer.ts';
import { openDuck } from '../../support/duck.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { parquetFile } from '../../support/parquet-file.ts';
import { rejection } from '../../support/rejection.ts';

/** A bucket with one file in it, which answers ranges as S3 does. */
function bucketOf(file: Buffer) {
  return fakeClient({
    GetObjectCommand: ({ Range, IfMatch }: { Range?: string; IfMatch?: string }) => {
      if (IfMatch !== undefined && IfMatch !== '"e"') throw awsError('PreconditionFailed');
      const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(Range ?? '') ?? [];
      const start = first === '' ? Math.max(0, file.length - Number(last)) : Number(first);
      return {
        ETag: '"e"',
        ContentRange: `bytes ${start}-${file.length - 1}/${file.length}`,
        Body: { transformToByteArray: async () => file.subarray(start) },
      };
    },
  });
}

const place = { bucket: 'curated', key: 'weather/part-0.parquet' };

describe('readFooter', () => {
  let folder: string;
  let duck: DuckDBConnection;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'catchwater-footer-'));
    duck = await openDuck();
  });
  after(() => {
    duck.closeSync();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = async (query: string, options = ''): Promise<Buffer> => {
    const path = join(folder, 'file.parquet');
    await duck.run(`COPY (${query}) TO '${path}' (FORMAT parquet, COMPRESSION zstd${options})`);
    return readFileSync(path);
  };
  const types = `i AS a, i::VARCHAR AS b, i::DOUBLE AS c, i::DECIMAL(38, 4) AS d, i % 2 = 0 AS e,
    DATE '2026-11-21' AS f, TIMESTAMP '2026-11-21 10:00:00' AS g, NULL::VARCHAR AS h`;

  const files: [what: string, query: string, options: string, rows: number, requests: number][] = [
    ['no row', `SELECT ${types} FROM range(0) t(i)`, '', 0, 1],
    ['one row', `SELECT ${types} FROM range(1) t(i)`, '', 1, 1],
    ['several row groups', `SELECT ${types} FROM range(70000) t(i)`, ', ROW_GROUP_SIZE 2048', 70_000, 2],
    [
      'metadata of its own',
      'SELECT 1 AS a',
      `, KV_METADATA { catchwater_tombstones: '${'x'.repeat(40_000)}' }`,
      1,
      2,
    ],
    [
      'many columns',
      `SELECT ${Array.from({ length: 400 }, (_, index) => `${index} AS column_number_${index}`).join(', ')}`,
      '',
      1,
      2,
    ],
  ];
  for (const [what, query, options, rows, requests] of files) {
    it(`counts the rows of a file with ${what}`, async () => {
      const file = await write(query, options);
      const s3 = bucketOf(file);
      expect(await readFooter(s3, place)).to.deep.equal({
        rows,
        etag: '"e"',
        bytes: file.length,
        metadata: {},
      });
      expect(s3.sent).to.have.length(requests);
      // A second request is about the file that the first one saw.
      for (const { input } of s3.sent.slice(1)) expect(input).to.include({ IfMatch: '"e"' });
    });
  }

  it('asks for the file that the caller has seen', async () => {
    const s3 = bucketOf(parquetFile(3));
    expect(await readFooter(s3, { ...place, etag: '"e"' })).to.include({ rows: 3 });
    const error = await rejection(readFooter(s3, { ...place, etag: '"other"' }));
    expect(error.name).to.equal('PreconditionFailed');
  });

  const broken: [string, Buffer, string][] = [
    ['an empty object', Buffer.alloc(0), 'it is no Parquet file'],
    ['something else', Buffer.from('{"a":1}\n{"a":2}\n'), 'it is no Parquet file'],
    [
      'a footer that is longer than the file',
      damage(parquetFile(3), -8, 200),
      'its footer is longer than the file',
    ],
    ['a footer without a number of rows', damage(parquetFile(3), 8, 0), 'does not say how many rows'],
    ['a footer that breaks off', damage(parquetFile(3), 6, 0xfc), 'its footer ends too early'],
    ['a value of an unknown type', damage(parquetFile(3), 4, 0x1d), 'a value of the unknown type 13'],
  ];
  for (const [what, file, words] of broken) {
    it(`refuses ${what}, and names it`, async () => {
      const error = await rejection(readFooter(bucketOf(file), place));
      expect(error).to.be.instanceOf(CatchwaterError);
      expect(error.message).to.include('s3://curated/weather/part-0.parquet cannot be counted');
      expect(error.message).to.include(words);
    });
  }

  it('reads any number that fits', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (rows) => {
        const file = parquetFile(Math.floor(rows / 2));
        expect(footerRows(file.subarray(4, -8))).to.equal(Math.floor(rows / 2));
      }),
    );
  });
});

function damage(file: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(file);
  copy[at < 0 ? copy.length + at : at] = byte;
  return copy;
}
