import { expect } from 'chai';
import * as fc from 'fast-check';
import { PartBuffer } from '../../../functions/fetch/part-buffer.ts';

describe('PartBuffer', () => {
  it('hands over what was appended since the last time, in order', async () => {
    const chunks = fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(chunks)), async (parts) => {
        const buffer = new PartBuffer();
        for (const part of parts) {
          for (const chunk of part) buffer.append(chunk);
          const whole = Buffer.concat(part);
          expect(buffer.length).to.equal(whole.length);
          const taken = await buffer.take(async (bytes) => Buffer.from(bytes));
          expect(taken.equals(whole)).to.equal(true);
        }
      }),
    );
  });

  it('leaves what it has handed over alone until that is done, and uses its memory again', async () => {
    const buffer = new PartBuffer();
    buffer.append(Buffer.from('first'));
    const first = await buffer.take(async (bytes) => {
      buffer.append(Buffer.from('while'));
      expect(bytes.toString()).to.equal('first');
      return bytes;
    });
    expect(await buffer.take(async (bytes) => bytes.toString())).to.equal('while');
    buffer.append(Buffer.from('again'));
    const again = await buffer.take(async (bytes) => bytes);
    buffer.append(Buffer.from('twice'));
    const twice = await buffer.take(async (bytes) => bytes);
    expect(twice.buffer).to.equal(again.buffer);
    expect(first.toString()).to.equal('first');
  });
});
