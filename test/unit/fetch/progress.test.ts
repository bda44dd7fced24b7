import { expect } from 'chai';
import * as fc from 'fast-check';
import { sliceKey } from '../../../pipeline/fetch/slice-key.ts';
import { createProgress, noteSkipped, packKeys, unpackKeys } from '../../../pipeline/fetch/progress.ts';

describe('the slices of a paused window', () => {
  it('are packed into eight bytes each, and found again', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string()), (names) => {
        const keys = names.map((name) => sliceKey({ name }));
        const packed = packKeys(keys);
        expect(unpackKeys(packed)).to.deep.equal(keys);
        expect(Buffer.from(packed, 'base64')).to.have.length(8 * keys.length);
      }),
    );
  });

  it('include the only one of a resource without for_each', () => {
    expect(unpackKeys(packKeys(['']))).to.deep.equal(['']);
    expect(unpackKeys(packKeys([]))).to.deep.equal([]);
  });
});

describe('skipped slices', () => {
  it('are all counted, and the first fifty shown', () => {
    const progress = createProgress();
    const slices = Array.from({ length: 60 }, (_, city) => ({ city }));
    noteSkipped(progress, slices.slice(0, 20), 'one');
    noteSkipped(progress, slices.slice(20), 'two');
    expect(progress.skippedCount).to.equal(60);
    expect(progress.skipped).to.have.length(50);
    expect(progress.skipped.at(-1)).to.deep.equal({ slice: { city: 49 }, error: 'two' });
  });
});
