import { expect } from 'chai';
import * as fc from 'fast-check';
import { ExpressionError } from '../../../pipeline/source/expression-error.ts';
import { formatJsonPath, parseJsonPath, selectPath } from '../../../pipeline/source/json-path.ts';

const good: [string, (string | number)[]][] = [
  ['$', []],
  ['$.hourly', ['hourly']],
  ['$.a.b_2', ['a', 'b_2']],
  ['$.us-epa-index', ['us-epa-index']],
  ["$['odd name']", ['odd name']],
  ['$["1h"].x', ['1h', 'x']],
  [String.raw`$['it\'s']`, ["it's"]],
  ["$['']", ['']],
  ['$.features[0].id', ['features', 0, 'id']],
  ['$[12][3]', [12, 3]],
];

const bad: [text: string, offset: number, message: RegExp][] = [
  ['', 0, /does not start with \$/],
  ['features', 0, /does not start with \$/],
  ['$.', 1, /ends too early/],
  ['$.a.', 3, /ends too early/],
  ['$..a', 2, /cannot be read from '\.a'/],
  ['$.*', 2, /wildcard/],
  ['$.a[*]', 3, /wildcard/],
  ['$.a[-1]', 3, /cannot be read from '\[-1\]'/],
  ['$.a[01]', 3, /cannot be read/],
  ['$.a[?(@.b)]', 3, /cannot be read/],
  ["$['open", 1, /cannot be read/],
  ['$.a b', 3, /cannot be read from ' b'/],
  ['$.1h', 2, /cannot be read from '1h'/],
  ['$a', 1, /cannot be read from 'a'/],
];

describe('parseJsonPath', () => {
  for (const [text, path] of good) {
    it(`reads ${text}`, () => {
      expect(parseJsonPath(text)).to.deep.equal(path);
    });
  }

  for (const [text, offset, message] of bad) {
    it(`refuses '${text}' at character ${offset}`, () => {
      const error = thrownBy(() => parseJsonPath(text));
      expect(error.message).to.match(message);
      expect(error.offset).to.equal(offset);
    });
  }

  it('reads back what formatJsonPath writes', () => {
    const step = fc.oneof(fc.string(), fc.nat(999_999_999));
    fc.assert(
      fc.property(fc.array(step), (path) => {
        expect(parseJsonPath(formatJsonPath(path))).to.deep.equal(path);
      }),
    );
  });
});

describe('selectPath', () => {
  const value = { a: [{ 'odd name': 1 }], text: 'abc' };

  it('finds one value or undefined, and never what JavaScript adds to an object', () => {
    expect(selectPath([], value)).to.equal(value);
    expect(selectPath(['a', 0, 'odd name'], value)).to.equal(1);
    expect(selectPath(['a', 1], value)).to.equal(undefined);
    expect(selectPath(['a', '0'], value)).to.equal(undefined);
    expect(selectPath(['text', 'length'], value)).to.equal(undefined);
    expect(selectPath(['a', 'length'], value)).to.equal(undefined);
    expect(selectPath(['toString'], value)).to.equal(undefined);
  });
});

function thrownBy(action: () => unknown): ExpressionError {
  try {
    action();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
