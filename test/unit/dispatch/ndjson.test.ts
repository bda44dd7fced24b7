import { expect } from 'chai';
import * as fc from 'fast-check';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { BrokenNdjsonError, readNdjson, writeNdjson } from '../../../pipeline/ndjson.ts';
import { rejection } from '../../support/rejection.ts';

async function read(chunks: Iterable<Buffer>): Promise<unknown[]> {
  const lines = [];
  for await (const line of readNdjson(Readable.from(chunks))) lines.push(line);
  return lines;
}

describe('ndjson', () => {
  it('reads what it wrote, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 50 }), async (values, size) => {
        // JSON knows no -0.
        const lines = JSON.parse(JSON.stringify(values)) as unknown[];
        const bytes = await writeNdjson(lines);
        const chunks = [];
        for (let start = 0; start < bytes.length; start += size)
          chunks.push(bytes.subarray(start, start + size));
        expect(await read(chunks)).to.deep.equal(lines);
      }),
    );
  });

  it('says so when the bytes are cut short at any place', async () => {
    const bytes = await writeNdjson([{ kind: 'a' }, { kind: 'é' }]);
    for (let length = 0; length < bytes.length; length += 1) {
      const error = await rejection(read([bytes.subarray(0, length)]));
      expect(error, `${length} bytes`).to.be.instanceOf(BrokenNdjsonError);
    }
  });

  it('says so when the text is not JSON', async () => {
    const error = await rejection(read([gzipSync('{"a":1}\n{"a":')]));
    expect(error).to.be.instanceOf(BrokenNdjsonError).with.property('message').that.contains('near line 2');
  });

  it('lets the failure of a connection through as it is', async () => {
    const bytes = await writeNdjson([1, 2, 3]);
    const broken = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    async function* half(): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, 12);
      throw broken;
    }
    const reading = async (): Promise<void> => {
      for await (const line of readNdjson(Readable.from(half()))) expect(line).to.be.a('number');
    };
    expect(await rejection(reading())).to.equal(broken);
  });

  it('closes its source when the reading ends early', async () => {
    const source = Readable.from([await writeNdjson([1, 2, 3])]);
    for await (const line of readNdjson(source)) {
      expect(line).to.equal(1);
      break;
    }
    await new Promise((done) => setImmediate(done));
    expect(source.destroyed).to.equal(true);
  });
});
