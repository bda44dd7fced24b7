import { expect } from 'chai';
import * as fc from 'fast-check';
import type { ResponseFormat } from '../../../pipeline/source/source.ts';
import { createSecretMask } from '../../../pipeline/http/secret-mask.ts';
import { rejection } from '../../support/rejection.ts';
import { lenient, read } from './read-body.ts';

type Dialect = NonNullable<ResponseFormat['csv']>;

const ndjson = { response: { format: 'ndjson' } } as const;
const csv = (dialect: Partial<Dialect> = {}) => ({
  response: {
    format: 'csv' as const,
    csv: { delimiter: ',', quote: '"', header: 'first_line' as const, skip_lines: 0, ...dialect },
  },
});
const recordsIn = (texts: string[]): unknown[] => texts.flatMap((text) => JSON.parse(text) as unknown[]);
const chunks = fc.integer({ min: 1, max: 40 });

describe('a body of NDJSON', () => {
  it('becomes a list whose records keep their text', async () => {
    const { texts, facts } = await read('\n{"a": 1.10}\r\n\n  [2]\r\n"x"', ndjson);
    expect(texts).to.deep.equal(['[{"a": 1.10},[2],"x"]']);
    expect(facts).to.deep.include({ document: [{ a: 1.1 }, [2], 'x'], records: 3, kept: 3, lastRecord: 'x' });
  });

  it('without a line is an empty list', async () => {
    for (const body of ['', '\r\n\n']) expect((await read(body, ndjson)).texts).to.deep.equal(['[]']);
  });

  it('is the same records in whatever chunks it comes, streamed or not', async () => {
    const line = fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => JSON.stringify(value));
    const lines = fc.array(fc.oneof(line, fc.constantFrom('', ' ')), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        lines,
        chunks,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async (all, chunk, end, closed) => {
          const body = all.join(end) + (closed ? end : '');
          const records = all.filter((text) => text.trim() !== '').map((text) => JSON.parse(text) as unknown);
          const longest = Math.max(...all.map((text) => Buffer.byteLength(text)));
          for (const maxPieceBytes of [undefined, longest + 2]) {
            const form = { ...ndjson, ...(maxPieceBytes !== undefined && { maxPieceBytes }) };
            const { texts, pieces, facts } = await read(body, form, { chunk });
            expect(recordsIn(texts)).to.deep.equal(records);
            expect(facts).to.include({ records: records.length, bytes: Buffer.byteLength(body) });
            if (maxPieceBytes)
              expect(pieces.every((piece) => piece.body.length <= maxPieceBytes)).to.equal(true);
          }
        },
      ),
    );
  });

  const more = '{"a":1}\n'.repeat(20);
  const broken: [what: string, body: string, said: RegExp][] = [
    ['a bad line', `{"a":1}\r\n\r\n{"a":\r\n${more}`, /line 3 of the body is no whole JSON: {"a": \(/],
    ['one value on two lines', `{"a":1\n,"b":2}\n${more}`, /line 1 of the body is no whole JSON/],
    ['two values on one line', `1\n2 3\n${more}`, /line 2 of the body is no whole JSON/],
    ['a last line that is cut short', `${more}{"a"`, /line 21 of the body is no whole JSON/],
  ];
  for (const [what, body, said] of broken) {
    for (const maxPieceBytes of [1_000, 20]) {
      it(`with ${what} is damaged (${maxPieceBytes === 1_000 ? 'whole' : 'streamed'})`, async () => {
        const error = await rejection(read(body, { ...ndjson, maxPieceBytes }, { chunk: 3 }));
        expect(error.message).to.match(said);
        expect(error).to.include({ status: 200, retryable: true });
      });
    }
  }
});

describe('a body of CSV', () => {
  const readings: [what: string, dialect: Partial<Dialect>, body: string, records: unknown[]][] = [
    ['a header', {}, 'a,b\n1,01.10\n', [{ a: '1', b: '01.10' }]],
    [
      'a byte order mark, CRLF and no last line break',
      {},
      '\uFEFFa,b\r\n1,2\r\n3,4',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['empty values', {}, 'a,b,c\n,"", \n', [{ a: null, b: '', c: ' ' }]],
    ['quotes', {}, 'a,b\n"x ""y"", z","1\r\n2"\n', [{ a: 'x "y", z', b: '1\r\n2' }]],
    ['quotes that begin no value', {}, 'a,b\n5" pipe, "x"\n', [{ a: '5" pipe', b: ' "x"' }]],
    ['blank lines', {}, '\n\na,b\r\n\r\n1,2\n\n', [{ a: '1', b: '2' }]],
    ['no records', {}, 'a,b\n', []],
    ['no records and no line break', {}, 'a,b', []],
    [
      'given names',
      { header: ['x', 'y'] },
      '1,2\n3,4\n',
      [
        { x: '1', y: '2' },
        { x: '3', y: '4' },
      ],
    ],
    ['given names and nothing else', { header: ['x', 'y'] }, '', []],
    [
      'another delimiter and quote',
      { delimiter: ';', quote: "'" },
      "a;b\n'1;''2';3\"\n",
      [{ a: "1;'2", b: '3"' }],
    ],
    ['tabs and no quotes', { delimiter: '\t', quote: '' }, 'a\tb\n"1\t2\n', [{ a: '"1', b: '2' }]],
    ['a delimiter of two characters', { delimiter: '||' }, 'a||b\n"1"||2|3\n', [{ a: '1', b: '2|3' }]],
    ['lines before the header', { skip_lines: 2 }, 'Report "of\n\na,b\n1,2', [{ a: '1', b: '2' }]],
    [
      'comments',
      { comment: '#' },
      '# by us\na,b\n#1,2\n3,#4\n"#5",6\n',
      [
        { a: '3', b: '#4' },
        { a: '#5', b: '6' },
      ],
    ],
    ['names with spaces around them', {}, ' a ,"b c"\n1,2', [{ a: '1', 'b c': '2' }]],
  ];
  for (const [what, dialect, body, records] of readings) {
    for (const maxPieceBytes of [1_000, 60]) {
      it(`with ${what} becomes records (${maxPieceBytes === 1_000 ? 'whole' : 'a little at a time'})`, async () => {
        for (const chunk of [1, 2, 5, 1_000]) {
          const { texts, facts } = await read(body, { ...csv(dialect), maxPieceBytes }, { chunk });
          expect(recordsIn(texts)).to.deep.equal(records);
          expect(facts).to.deep.include({ records: records.length, lastRecord: records.at(-1) });
        }
      });
    }
  }

  it('gives back what was written', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r\n', ' ', '#') });
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(table, chunks, fc.constantFrom('\n', '\r\n'), async (rows, chunk, end) => {
        const names = (rows[0] ?? []).map((_, index) => `c${index}`);
        const quoted = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(','));
        const body = [names.join(','), ...quoted].join(end);
        const expected = rows.map((row) =>
          Object.fromEntries(row.map((value, index) => [`c${index}`, value])),
        );
        const { texts } = await read(body, csv(), { chunk });
        expect(recordsIn(texts)).to.deep.equal(expected);
        const streamed = await read(body, { ...csv(), maxPieceBytes: 2_000 }, { chunk });
        expect(recordsIn(streamed.texts)).to.deep.equal(expected);
      }),
    );
  });

  const more = '4,5\n'.repeat(20);
  const broken: [what: string, dialect: Partial<Dialect>, body: string, said: RegExp][] = [
    [
      'too few values',
      {},
      `a,b\r\n"x\r\ny",2\r\n\r\n3\r\n${more}`,
      /line 5 of the body is damaged: it has 1 value, the header has 2 names/,
    ],
    ['too many values', { skip_lines: 1 }, `-\na,b\n1,2,3\n${more}`, /line 3 of the body .* it has 3 values/],
    ['a torn last line', {}, `a,b\n${more}3`, /line 22 of the body .* it has 1 value,/],
    [
      'a quote that does not end',
      {},
      `a,b\n1,2\n"3,\n${more}`,
      /line 3 of the body is damaged: a quoted value in it does not end/,
    ],
    [
      'text after a quoted value',
      {},
      `a,b\n1,2\n"3"x,4\n${more}`,
      /line 3 of the body is damaged: 'x' follows a closing quote/,
    ],
    ['a name twice', {}, `a,b,a\n${more}`, /line 1 of the body is damaged: the header has a name twice: 'a'/],
    ['an empty name', {}, `\na,,b\n${more}`, /line 2 of the body is damaged: name 2 in the header is empty/],
    ['a name that is no field', {}, `a,__proto__\n${more}`, /'__proto__' cannot name a field/],
    ['lines that end in CR', {}, 'a,b\r1,2\r', /lines end in CR alone/],
    ['nothing in it', {}, '', /the body has no header line/],
    ['only lines that are skipped', { skip_lines: 3 }, 'a\nb\n', /the body has no header line/],
  ];
  for (const [what, dialect, body, said] of broken) {
    for (const maxPieceBytes of [1_000, 30]) {
      it(`with ${what} is damaged (at most ${maxPieceBytes} bytes at once)`, async () => {
        for (const chunk of [1, 3, 1_000]) {
          const error = await rejection(read(body, { ...csv(dialect), maxPieceBytes }, { chunk }));
          expect(error.message).to.match(said);
          expect(error).to.include({ status: 200, retryable: true });
        }
      });
    }
  }

  it('leaves out, protects and hides', async () => {
    const mask = createSecretMask();
    mask.hide('open"sesame');
    const form = {
      ...csv(),
      keep: (record: unknown) => (record as { a: string }).a !== '2',
      protect: [{ path: ['b'], how: 'redact' as const }],
    };
    const body = 'a,b,c\n1,x,"open""sesame"\n2,y,\n3,,\n';
    for (const maxPieceBytes of [1_000, 36]) {
      const { texts, facts } = await read(body, { ...form, maxPieceBytes }, { deps: { ...lenient, mask } });
      expect(recordsIn(texts)).to.deep.equal([
        { a: '1', b: '***', c: '***' },
        { a: '3', b: null, c: null },
      ]);
      expect(facts).to.include({ records: 3, kept: 2 });
    }
  });
});

describe('rows that are not in their charset', () => {
  for (const maxPieceBytes of [1_000, 4]) {
    it(`are refused (at most ${maxPieceBytes} bytes at once)`, async () => {
      const error = await rejection(
        read(Buffer.from('"é"\n"é"\n', 'latin1'), { ...ndjson, maxPieceBytes }, { chunk: 1 }),
      );
      expect(error.message).to.match(/^200, but the body is not utf-8/);
    });
  }
});
