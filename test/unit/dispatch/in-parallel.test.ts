import { expect } from 'chai';
import { inParallel } from '../../../pipeline/in-parallel.ts';

describe('inParallel', () => {
  it('does all the work, never more than so much at once', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(item);
    });
    expect(done).to.have.members([1, 2, 3, 4, 5, 6, 7]);
    expect(most).to.equal(3);
  });

  it('begins nothing after a failure, and waits for what is under way', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item);
      if (item === 1) throw new Error('first');
      await new Promise((resolve) => setImmediate(resolve));
      ended.push(item);
    });
    const message = await work.then(
      () => 'nothing',
      (error: Error) => error.message,
    );
    expect(message).to.equal('first');
    expect(begun.length).to.be.lessThan(4);
    expect(ended).to.deep.equal(begun.filter((item) => item !== 1));
  });
});
