import { CompleteMultipartUploadCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { ObjectStore } from '../../../functions/fetch/deps.ts';
import { landLines, type RawObjects } from '../../../functions/fetch/land-lines.ts';
import { fakeBucket, type FakeBucket } from '../../support/fake-bucket.ts';
import { rejection } from '../../support/rejection.ts';

const window = {
  resource: 'weather',
  slice: 'all',
  scheduledAt: '2026-11-21T10:05:00Z',
  attempt: 2,
  holder: 'r1/x',
};
const keyOf = (part: number) =>
  `raw/weather/year=2026/month=11/day=21/hour=10/20261121T100500Z-all-2-${part}.ndjson.gz`;

/** Lines that do not compress: a gzip of them is about as long as they are. */
const noise = (count: number, length = 1000): Buffer[] =>
  Array.from({ length: count }, (_, number) => {
    let text = '';
    while (text.length < length)
      text += createHash('sha256').update(`${number}/${text.length}`).digest('base64');
    return Buffer.from(`${text}\n`);
  });

const land = (s3: ObjectStore, limits: { maxBytes?: number; partBytes?: number } = {}): RawObjects =>
  landLines(window, { s3, stagingBucket: 'staging' }, limits);
const textOf = (bucket: FakeBucket, part: number): string =>
  gunzipSync(bucket.objects.get(keyOf(part))?.body ?? Buffer.alloc(0)).toString();

describe('landLines', () => {
  it('writes one small object by one PutObject that replaces nothing', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket);
    const lines = noise(3);
    await landing.write(lines);
    const [object, ...more] = await landing.finish();
    expect(more).to.deep.equal([]);
    expect(textOf(bucket, 0)).to.equal(lines.join(''));
    const body = bucket.objects.get(keyOf(0))?.body ?? Buffer.alloc(0);
    expect(object).to.deep.equal({
      key: keyOf(0),
      version_id: 'v1',
      etag: '"e-v1"',
      bytes: body.length,
      lines: 3,
    });
    const [put, ...others] = bucket.commands as PutObjectCommand[];
    expect(others).to.deep.equal([]);
    expect(put?.input).to.deep.equal({
      Bucket: 'staging',
      Key: keyOf(0),
      ContentType: 'application/gzip',
      Metadata: { holder: 'r1/x' },
      Body: body,
      IfNoneMatch: '*',
    });
  });

  it('writes nothing when there is nothing', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket);
    await landing.write([]);
    expect(await landing.finish()).to.deep.equal([]);
    expect(bucket.commands).to.deep.equal([]);
  });

  it('gives the same bytes for the same lines, with no time in them', async () => {
    const bodies = await Promise.all(
      [0, 1].map(async () => {
        const bucket = fakeBucket();
        const landing = land(bucket);
        await landing.write(noise(50));
        await landing.finish();
        return bucket.objects.get(keyOf(0))?.body;
      }),
    );
    expect(bodies[0]?.equals(bodies[1] ?? Buffer.alloc(0))).to.equal(true);
    expect(bodies[0]?.readUInt32LE(4)).to.equal(0);
  });

  it('begins the next object when one is full, and loses no line', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket, { maxBytes: 5000 });
    const lines = noise(23);
    for (const line of lines) await landing.write([line]);
    const objects = await landing.finish();
    expect(objects.map(({ key }) => key)).to.deep.equal([0, 1, 2, 3, 4].map(keyOf));
    expect(objects.map((object) => object.lines)).to.deep.equal([5, 5, 5, 5, 3]);
    expect([0, 1, 2, 3, 4].map((part) => textOf(bucket, part)).join('')).to.equal(lines.join(''));
  });

  it('keeps the lines of a response together when many write at once', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket, { maxBytes: 7000 });
    const responses = Array.from({ length: 20 }, (_, response) =>
      [0, 1, 2].map((number) => Buffer.from(`${response}/${number} ${'x'.repeat(500)}\n`)),
    );
    await Promise.all(responses.map((lines) => landing.write(lines)));
    const objects = await landing.finish();
    const text = objects.map((_, part) => textOf(bucket, part)).join('');
    expect(text).to.equal(responses.flat().join(''));
  });

  it('streams a big object in parts, each sent as soon as it is full', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket, { partBytes: 20_000 });
    const lines = noise(400);
    const sizes: number[] = [];
    for (const line of lines) {
      await landing.write([line]);
      sizes.push(bucket.commands.filter((command) => command instanceof UploadPartCommand).length);
    }
    const [object] = await landing.finish();
    expect(sizes.at(-1)).to.be.greaterThan(8);
    const parts = bucket.commands.filter((command) => command instanceof UploadPartCommand);
    const lengths = parts.map(({ input }) => (input.Body as Buffer).length);
    expect(lengths.slice(0, -1).every((length) => length >= 20_000 && length < 90_000)).to.equal(true);
    const complete = bucket.commands.at(-1) as CompleteMultipartUploadCommand;
    expect(complete.input).to.deep.equal({
      Bucket: 'staging',
      Key: keyOf(0),
      UploadId: 'u1',
      MultipartUpload: {
        Parts: parts.map((_, index) => ({ PartNumber: index + 1, ETag: `"p${index + 1}"` })),
      },
      IfNoneMatch: '*',
    });
    expect(object).to.include({ lines: 400, bytes: lengths.reduce((sum, length) => sum + length, 0) });
    expect(textOf(bucket, 0)).to.equal(lines.join(''));
    expect(bucket.objects.get(keyOf(0))?.metadata).to.deep.equal({ holder: 'r1/x' });
  });

  it('leaves no upload behind when it is given up', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket, { partBytes: 20_000 });
    await landing.write(noise(200));
    expect(bucket.uploads).to.have.property('size', 1);
    await landing.abort();
    expect(bucket.uploads).to.have.property('size', 0);
    expect(bucket.objects).to.have.property('size', 0);
  });

  it('fails for good once a write has failed', async () => {
    const bucket = fakeBucket();
    let broken = true;
    const s3 = {
      send: async (command: never) =>
        broken ? Promise.reject(new Error('slow down')) : bucket.send(command),
    };
    const landing = land(s3, { maxBytes: 500 });
    expect((await rejection(landing.write(noise(1)))).message).to.equal('slow down');
    broken = false;
    expect((await rejection(landing.write(noise(1)))).message).to.equal('slow down');
    expect((await rejection(landing.finish())).message).to.equal('slow down');
    await landing.abort();
  });

  describe('when the answer of a write is lost and the client repeats it', () => {
    for (const [what, partBytes, count] of [
      ['a small object', 1e6, 3],
      ['a big object', 20_000, 100],
    ] as const) {
      it(`takes ${what} for its own`, async () => {
        const bucket = fakeBucket();
        const landing = land(stuttering(bucket), { partBytes });
        await landing.write(noise(count));
        const [object] = await landing.finish();
        const stored = bucket.objects.get(keyOf(0));
        expect(object).to.include({ version_id: stored?.version, bytes: stored?.body.length, lines: count });
      });
    }
  });

  it('does not touch an object that someone else has written', async () => {
    const bucket = fakeBucket();
    const other = landLines({ ...window, holder: 'r2/y' }, { s3: bucket, stagingBucket: 'staging' });
    await other.write(noise(1));
    await other.finish();
    const before = bucket.objects.get(keyOf(0));
    const landing = land(bucket);
    await landing.write(noise(1));
    const error = await rejection(landing.finish());
    expect(error.message).to.match(/-all-2-0\.ndjson\.gz exists already and is not ours/);
    expect(bucket.objects.get(keyOf(0))).to.equal(before);
  });

  it('does not take another object of its own for this one', async () => {
    const bucket = fakeBucket();
    const first = land(bucket);
    await first.write(noise(1));
    await first.finish();
    const landing = land(bucket);
    await landing.write(noise(2));
    expect((await rejection(landing.finish())).message).to.contain('exists already');
  });

  it('refuses a bucket without versions', async () => {
    const landing = land(fakeBucket({ versioned: false }));
    await landing.write(noise(1));
    expect((await rejection(landing.finish())).message).to.contain('must have versioning enabled');
  });
});

/** Sends every final write twice and answers as the second one is. */
function stuttering(bucket: FakeBucket): ObjectStore {
  const final = [PutObjectCommand, CompleteMultipartUploadCommand];
  return {
    send: async (command: never) => {
      if (final.some((kind) => (command as object) instanceof kind)) await bucket.send(command);
      return bucket.send(command);
    },
  };
}
