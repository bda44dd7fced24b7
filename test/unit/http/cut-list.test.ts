import { expect } from 'chai';
import * as fc from 'fast-check';
import { cutList } from '../../../pipeline/http/cut-list.ts';
import { elementsOf, findValue } from '../../../pipeline/http/json-scanner.ts';
import { parseJsonPath, selectPath, type JsonPath } from '../../../pipeline/source/json-path.ts';
import { readSample } from '../../support/read-sample.ts';

/** Any JSON value, its strings full of what has a meaning outside of strings. */
const nasty = fc.string({
  unit: fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', ' ', 'a', 'é', '😀'),
});
const value = fc.jsonValue({ stringUnit: 'grapheme' });
const element = fc.oneof(value, nasty, fc.record({ a: nasty, b: fc.array(nasty, { maxLength: 3 }) }));
const spacing = fc.constantFrom(undefined, 1, '\t', '\r\n  ');

/** A document with a list in it, and the path there. */
const document = fc
  .record({
    list: fc.array(element, { minLength: 1, maxLength: 30 }),
    steps: fc.array(fc.oneof(nasty, fc.nat({ max: 2 })), { maxLength: 3 }),
    sibling: value,
    spacing,
  })
  .map(({ list, steps, sibling, spacing: space }) => {
    let root: unknown = list;
    for (const step of steps.toReversed()) {
      root =
        typeof step === 'number'
          ? [...Array.from({ length: step }, () => sibling), root, sibling]
          : Object.fromEntries(
              [
                ['before', sibling],
                [step, root],
                ['after', sibling],
              ].toSorted(() => 1),
            );
    }
    return { list, path: steps, text: JSON.stringify(root, null, space) };
  })
  // A name such as `before` may overwrite the list: then there is nothing to find.
  .filter(({ text, path }) => Array.isArray(selectPath(path, JSON.parse(text))));

describe('findValue', () => {
  it('finds what the path finds in the parsed document', () => {
    fc.assert(
      fc.property(document, ({ text, path }) => {
        const bytes = Buffer.from(text);
        const found = findValue(bytes, path);
        expect(found).to.not.equal(undefined);
        const { start = 0, end = 0 } = found ?? {};
        expect(JSON.parse(bytes.toString('utf8', start, end))).to.deep.equal(
          selectPath(path, JSON.parse(text)),
        );
      }),
    );
  });

  it('takes the last of two members of one name, as a parser does', () => {
    const bytes = Buffer.from('{"a":[1],"\\u0061":[2]}');
    const { start, end } = findValue(bytes, ['a']) ?? { start: 0, end: 0 };
    expect(bytes.toString('utf8', start, end)).to.equal('[2]');
  });

  for (const path of ['$.b', '$.a.b', '$.a[2]', '$[0]', '$.s.x', '$.s[0]', '$.n[0]']) {
    it(`finds nothing at ${path}`, () => {
      expect(findValue(Buffer.from('{"a":[1,2],"s":"[1]","n":5}'), parseJsonPath(path))).to.equal(undefined);
    });
  }
});

describe('cutList', () => {
  it('gives pieces within the limit, whose elements together are the list, to the letter', () => {
    fc.assert(
      fc.property(document, fc.nat({ max: 200 }), ({ text, path, list }, extra) => {
        const bytes = Buffer.from(text);
        const around = bytes.length - Buffer.from(textAt(bytes, path)).length + 2;
        const { start = 0 } = findValue(bytes, path) ?? {};
        const longest = Math.max(...[...elementsOf(bytes, start)].map((span) => span.end - span.start));
        const limit = around + longest + extra;
        const pieces = cutList(bytes, path, limit);
        const parsed = pieces.map((piece) => JSON.parse(piece.toString()) as unknown);
        expect(pieces.every((piece) => piece.length <= limit)).to.equal(true);
        expect(parsed.flatMap((piece) => selectPath(path, piece))).to.deep.equal(
          JSON.parse(JSON.stringify(list)),
        );
        const empty = (piece: unknown) =>
          JSON.stringify(piece).replace(JSON.stringify(selectPath(path, piece)), '[]');
        expect(new Set(parsed.map(empty)).size).to.equal(1);
        // The text of every element stands in the original as it stands in its piece.
        for (const piece of pieces) expect(text).to.contain(textAt(piece, path).slice(1, -1));
      }),
    );
  });

  it('cuts a real list of stations, numbers and order kept', () => {
    const text = readSample('nws/stations_ALY_with_pagination_cursor.json');
    const path = parseJsonPath('$.features');
    const pieces = cutList(Buffer.from(text), path, 12_000);
    const features = pieces.flatMap((piece) => selectPath(path, JSON.parse(piece.toString())));
    expect(pieces.length).to.be.greaterThan(3);
    expect(features).to.deep.equal(selectPath(path, JSON.parse(text)));
    for (const piece of pieces) expect(JSON.parse(piece.toString())).to.have.property('pagination');
  });

  const unfit: [what: string, text: string, path: string, said: RegExp][] = [
    ['one record is too big', `{"l":[1,"${'x'.repeat(99)}"]}`, '$.l', /its record 2 .* larger than a line/],
    ['the rest is too big', `{"l":[1],"m":"${'x'.repeat(99)}"}`, '$.l', /its record 1 .* larger than a line/],
    [
      'the list is empty and the rest too big',
      `{"l":[],"m":"${'x'.repeat(99)}"}`,
      '$.l',
      /surrounds the empty list/,
    ],
    ['there is no list', '{"l":[1]}', '$.m', /no list at \$\.m/],
  ];
  for (const [what, text, path, said] of unfit) {
    it(`refuses when ${what}`, () => {
      expect(() => cutList(Buffer.from(text), parseJsonPath(path), 50)).to.throw(said);
    });
  }
});

function textAt(bytes: Buffer, path: JsonPath): string {
  const { start, end } = findValue(bytes, path) ?? { start: 0, end: 0 };
  return bytes.toString('utf8', start, end);
}
