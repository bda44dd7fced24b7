import { expect } from 'chai';
import * as fc from 'fast-check';
import { parseCsv } from '../../../pipeline/source/slices/parse-csv.ts';

function parse(text: string): unknown {
  const { records, problems } = parseCsv({ name: 'a.csv', text });
  return problems.length === 0
    ? records
    : problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

describe('parseCsv', () => {
  const berlin = [{ name: 'Berlin', zip: '01234' }];
  for (const [title, text, records] of [
    ['plain lines', 'name,zip\nBerlin,01234\n', berlin],
    ['Windows line ends, blank lines and no last line end', 'name,zip\r\n\r\nBerlin,01234', berlin],
    ['spaces around cells', 'name , zip\n Berlin, 01234 \n', berlin],
    [
      'quotes, with commas, quotes and line breaks in them',
      'name,zip\n"a, ""b""\nc" ,"01234"\n',
      [{ name: 'a, "b"\nc', zip: '01234' }],
    ],
    ['spaces within quotes', 'name\n" a "\n', [{ name: ' a ' }]],
    ['empty cells as null', 'name,zip\n,""\n', [{ name: null, zip: null }]],
    ['a header alone', 'name,zip\n', []],
  ] as const) {
    it(`reads ${title}`, () => {
      expect(parse(text)).to.deep.equal(records);
    });
  }

  for (const [text, ...problems] of [
    ['', '1:1 the file is empty'],
    ['a,a\n1,2\n', "1:3 the field 'a' is there twice"],
    ['a,\n1,2\n', "1:3 '' cannot name a field: letters, digits and _ after a letter"],
    ['a b\n1\n', "1:1 'a b' cannot name a field: letters, digits and _ after a letter"],
    [
      'a,b\n1\n1,2,3\n',
      '2:1 this line has 1 values, the header has 2 names; a value with a comma in it needs quotes',
      '3:5 this line has 3 values, the header has 2 names; a value with a comma in it needs quotes',
    ],
    ['a\n"1\n', '2:1 a quoted value is not closed here; a quote inside it is doubled'],
    ['a\n"1"2\n', '2:1 a quoted value is not closed here; a quote inside it is doubled'],
  ] as const) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(parse(text)).to.deep.equal(problems);
    });
  }

  it('reports the first ten of many lines that are wrong in the same way', () => {
    expect(parse(`a\n${'1,2\n'.repeat(1000)}`)).to.have.length(10);
  });

  it('gives back any texts that were quoted', () => {
    const rows = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(rows, (cells) => {
        const text = `a,b\n${cells.map((row) => row.map(quote).join(',')).join('\n')}\n`;
        expect(parse(text)).to.deep.equal(cells.map(([a, b]) => ({ a, b })));
      }),
    );
  });

  it('answers any text, and ends', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', ',', '"', '\n', '\r', ' ', ';')), (pieces) => {
        expect(parse(pieces.join(''))).to.be.an('array');
      }),
    );
  });
});
