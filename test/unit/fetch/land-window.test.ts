import { expect } from 'chai';
import * as fc from 'fast-check';
import { landWindow } from '../../../functions/fetch/land-window.ts';
import { fakeBucket, type FakeBucket } from '../../support/fake-bucket.ts';
import { rejection } from '../../support/rejection.ts';

const window = {
  resource: 'weather',
  slice: 'all',
  scheduledAt: '2026-11-21T10:05:00Z',
  attempt: 1,
  holder: 'r1/x',
};
const line = (text: string, length = 0): Buffer => Buffer.from(`${text.padEnd(length, '.')}\n`);
const land = (s3: FakeBucket, held = { page: 100, unit: 200 }) =>
  landWindow(window, { s3, stagingBucket: 'staging' }, { held });
const textOf = (bucket: FakeBucket, objects: { key: string }[]): string[] =>
  objects.flatMap(({ key }) => bucket.linesOf(key).map((text) => text.replace(/\.+$/, '')));

describe('landWindow', () => {
  it('puts small units into one object, in the order of their commits', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket);
    const [one, two] = [landing.openUnit(), landing.openUnit()];
    for (const [unit, name] of [
      [one, 'a'],
      [two, 'b'],
      [one, 'c'],
    ] as const) {
      const page = unit.openPage();
      await page.write(line(name));
      await page.commit();
    }
    await two.commit();
    await one.commit();
    const objects = await landing.finish();
    expect(objects).to.have.length(1);
    expect(textOf(bucket, objects)).to.deep.equal(['b', 'a', 'c']);
  });

  it('gives big pages and units objects of their own', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket);
    const big = landing.openUnit();
    const page = big.openPage();
    for (const name of ['a', 'b', 'c']) await page.write(line(name, 60));
    await page.commit();
    await big.commit();
    const small = landing.openUnit();
    const other = small.openPage();
    await other.write(line('d'));
    await other.commit();
    await small.commit();
    const objects = await landing.finish();
    expect(objects.map(({ lines }) => lines)).to.deep.equal([3, 1]);
    expect(textOf(bucket, objects)).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('leaves out pages and units that are given up, big or small', async () => {
    const bucket = fakeBucket();
    const landing = land(bucket);
    const unit = landing.openUnit();
    for (const [name, length] of [
      ['small', 1],
      ['big', 150],
    ] as const) {
      const page = unit.openPage();
      await page.write(line(name, length));
      await page.abort();
    }
    await unit.commit();
    const given = landing.openUnit();
    for (let count = 0; count < 9; count += 1) {
      const page = given.openPage();
      await page.write(line('given', 60));
      await page.commit();
    }
    await given.abort();
    expect(await landing.finish()).to.deep.equal([]);
    expect(bucket.uploads).to.have.property('size', 0);
  });

  it('keeps what a unit has so far in objects of its own, and goes on with them', async () => {
    const bucket = fakeBucket();
    const first = land(bucket);
    const unit = first.openUnit();
    for (const name of ['a', 'b']) {
      const page = unit.openPage();
      await page.write(line(name));
      await page.commit();
    }
    const kept = await unit.keep();
    expect(await first.finish()).to.deep.equal([]);
    const second = landWindow({ ...window, attempt: 2 }, { s3: bucket, stagingBucket: 'staging' });
    const resumed = second.openUnit(kept);
    const page = resumed.openPage();
    await page.write(line('c'));
    await page.commit();
    await resumed.commit();
    const objects = await second.finish();
    expect(textOf(bucket, objects)).to.deep.equal(['a', 'b', 'c']);
    expect(objects.map(({ key }) => /-all-\d+-\d+/.exec(key)?.[0])).to.deep.equal(['-all-1-0', '-all-2-0']);
  });

  it('fails when an object cannot be stored, and leaves no upload behind', async () => {
    const bucket = fakeBucket();
    const broken = {
      ...bucket,
      send: async () => Promise.reject(new Error('slow down')),
    } as unknown as FakeBucket;
    const landing = land(broken);
    const unit = landing.openUnit();
    const page = unit.openPage();
    for (const name of ['a', 'b', 'c']) await page.write(line(name, 60));
    expect((await rejection(page.commit())).message).to.equal('slow down');
    await landing.abort();
    expect(bucket.uploads).to.have.property('size', 0);
  });

  it('stores each line of a committed unit once, and none of another, however they mix', async () => {
    const sizes = fc.array(fc.array(fc.integer({ min: 1, max: 150 }), { minLength: 1, maxLength: 4 }), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(sizes, fc.boolean()), { maxLength: 5 }), async (units) => {
        const bucket = fakeBucket();
        const landing = land(bucket);
        const expected: string[] = [];
        await Promise.all(
          units.map(async ([pages, commits], number) => {
            const unit = landing.openUnit();
            for (const [index, lines] of pages.entries()) {
              const page = unit.openPage();
              for (const [at, size] of lines.entries())
                await page.write(line(`${number}/${index}/${at}`, size));
              await page.commit();
              if (commits) expected.push(...lines.map((_, at) => `${number}/${index}/${at}`));
            }
            await (commits ? unit.commit() : unit.abort());
          }),
        );
        const objects = await landing.finish();
        expect(textOf(bucket, objects).toSorted()).to.deep.equal(expected.toSorted());
        expect(new Set(objects.map(({ key }) => key)).size).to.equal(objects.length);
      }),
      { numRuns: 60 },
    );
  });
});
