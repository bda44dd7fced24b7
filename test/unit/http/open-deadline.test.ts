import { expect } from 'chai';
import { once } from 'node:events';
import { openDeadline } from '../../../pipeline/http/open-deadline.ts';

describe('openDeadline', () => {
  it('aborts with a TimeoutError when its time is over', async () => {
    const { signal } = openDeadline(new AbortController().signal, 1);
    await once(signal, 'abort');
    expect((signal.reason as Error).name).to.equal('TimeoutError');
  });

  it('aborts with the reason of its parent, also of one that is aborted already', () => {
    const parent = new AbortController();
    const early = openDeadline(parent.signal, 60_000);
    parent.abort(new Error('over'));
    const late = openDeadline(parent.signal, 60_000);
    for (const { signal, close } of [early, late]) {
      expect((signal.reason as Error).message).to.equal('over');
      close();
    }
  });

  it('is not heard of any more once it is closed', () => {
    const parent = new AbortController();
    const { signal, close } = openDeadline(parent.signal, 60_000);
    close();
    parent.abort(new Error('over'));
    expect(signal.aborted).to.equal(false);
  });
});
