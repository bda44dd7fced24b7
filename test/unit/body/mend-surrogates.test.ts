import { expect } from 'chai';
import * as fc from 'fast-check';
import { mendSurrogates } from '../../../pipeline/body/mend-surrogates.ts';

const cases: [text: string, mended: string][] = [
  [String.raw`"a\ud83cb"`, String.raw`"a\ufffdb"`],
  [String.raw`"a\uDF27b"`, String.raw`"a\ufffdb"`],
  [String.raw`"\ud83c\ud83c\udf27"`, String.raw`"\ufffd\ud83c\udf27"`],
  [String.raw`"\ud83c\n\udf27"`, String.raw`"\ufffd\n\ufffd"`],
  [String.raw`"\\ud83c"`, String.raw`"\\ud83c"`],
  [String.raw`"\\\ud83c"`, String.raw`"\\\ufffd"`],
  [String.raw`"\u00e5\ud83c\udf27"`, String.raw`"\u00e5\ud83c\udf27"`],
];

function escaped(text: string): string {
  return JSON.stringify(text).replaceAll(/[^ -~]/g, escape);
}

function escape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

describe('mendSurrogates', () => {
  for (const [text, mended] of cases) {
    it(`makes ${mended} of ${text}`, () => expect(mendSurrogates(text)).to.equal(mended));
  }

  it('gives text that any decoder takes, and leaves well-formed text as it is', () => {
    const unit = fc.oneof(
      fc.constantFrom(0xd83c, 0xdf27, 0x5c, 0x22, 0x61),
      fc.integer({ min: 0, max: 0xffff }),
    );
    fc.assert(
      fc.property(fc.array(unit), (units) => {
        const text = String.fromCharCode(...units);
        expect(JSON.parse(mendSurrogates(escaped(text)))).to.equal(text.toWellFormed());
      }),
    );
  });
});
