import { expect } from 'chai';
import * as fc from 'fast-check';
import { elementsOf, findAll, findValue, membersOf } from '../../../pipeline/body/json-scanner.ts';
import { parseJsonPath, selectPath } from '../../../pipeline/source/json-path.ts';
import { documents } from './documents.ts';

const textsOf = (bytes: Buffer, spans: Iterable<{ start: number; end: number }>): string[] =>
  Array.from(spans, ({ start, end }) => bytes.toString('utf8', start, end));

describe('findValue', () => {
  it('finds what the path finds in the parsed document', () => {
    fc.assert(
      fc.property(documents, ({ text, path }) => {
        const bytes = Buffer.from(text);
        const { start = 0, end = 0 } = findValue(bytes, path) ?? {};
        const found = JSON.parse(bytes.toString('utf8', start, end)) as unknown;
        expect(found).to.deep.equal(selectPath(path, JSON.parse(text)));
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

  it('comes to an end in any bytes', () => {
    const unit = fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', '\\u12', ' ', '1', 'a');
    const paths = fc.constantFrom('$', '$.a', '$[0]', '$.a[1].a').map(parseJsonPath);
    fc.assert(
      fc.property(fc.string({ unit }), paths, (text, path) => {
        const bytes = Buffer.from(text);
        const { end = 0 } = findValue(bytes, path) ?? {};
        expect(end).to.be.lessThanOrEqual(bytes.length);
        expect([...elementsOf(bytes, 0), ...membersOf(bytes, 0)].length).to.be.lessThanOrEqual(bytes.length);
      }),
    );
  });
});

describe('findAll', () => {
  it('finds each of several members of one name, however it is written', () => {
    const bytes = Buffer.from('{"a":{"b":1},"x":{"b":9},"\\u0061":{"b":2,"b":[3]},"a":4}');
    expect(textsOf(bytes, findAll(bytes, 0, ['a', 'b']))).to.deep.equal(['1', '2', '[3]']);
  });
});

describe('membersOf', () => {
  it('gives names as they are meant and values as they are written', () => {
    const bytes = Buffer.from('{ "a\\"b" : 1.10 , "é":"x,}" }');
    const members = [...membersOf(bytes, 0)];
    expect(members.map(({ name }) => name)).to.deep.equal(['a"b', 'é']);
    expect(textsOf(bytes, members)).to.deep.equal(['"a\\"b" : 1.10', '"é":"x,}"']);
    expect(
      textsOf(
        bytes,
        members.map(({ value }) => value),
      ),
    ).to.deep.equal(['1.10', '"x,}"']);
  });
});
