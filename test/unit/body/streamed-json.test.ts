import { expect } from 'chai';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { elementsOf, findValue } from '../../../pipeline/body/json-scanner.ts';
import { createSecretMask } from '../../../pipeline/http/secret-mask.ts';
import { parseJsonPath, selectPath, type JsonPath } from '../../../pipeline/source/json-path.ts';
import { readSample } from '../../support/read-sample.ts';
import { rejection } from '../../support/rejection.ts';
import { documents } from './documents.ts';
import { lenient, read } from './read-body.ts';

function listAt(bytes: Buffer, path: JsonPath) {
  const { start = 0, end = 0 } = findValue(bytes, path) ?? {};
  const elements = Array.from(elementsOf(bytes, start), (span) =>
    bytes.toString('utf8', span.start, span.end),
  );
  return { start, end, elements };
}

/** The least limit under which every element of the document fits into a piece, in whatever chunks it comes. */
function leastLimit(bytes: Buffer, path: JsonPath): number {
  const { start, end, elements } = listAt(bytes, path);
  const longest = Math.max(...elements.map((element) => Buffer.byteLength(element)));
  return start + 1 + longest + (bytes.length - end) + 1;
}

const isThird = (record: unknown): boolean => (record as { id: number }).id % 3 === 0;

describe('a list of JSON that is longer than a line', () => {
  it('becomes pieces within the limit, whose elements together are the list, to the letter', async () => {
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.nat({ max: 200 }),
        fc.integer({ min: 1, max: 60 }),
        async (one, extra, chunk) => {
          const { text, path, list } = one;
          const bytes = Buffer.from(text);
          const maxPieceBytes = leastLimit(bytes, path) + extra;
          fc.pre(bytes.length > maxPieceBytes);
          const seen: unknown[] = [];
          const onRecord = (record: unknown) => void seen.push(record);
          const { pieces, facts } = await read(bytes, { selector: path, maxPieceBytes, onRecord }, { chunk });
          const { start, elements } = listAt(bytes, path);
          expect(pieces.every(({ body }) => body.length <= maxPieceBytes)).to.equal(true);
          expect(pieces.flatMap(({ body }) => listAt(body, path).elements)).to.deep.equal(elements);
          for (const { body } of pieces) {
            JSON.parse(body.toString());
            expect(body.subarray(0, start + 1).equals(bytes.subarray(0, start + 1))).to.equal(true);
          }
          expect(pieces.map(({ chunk: number }) => number)).to.deep.equal(
            pieces.length === 1 ? [undefined] : pieces.map((_, index) => index + 1),
          );
          expect(seen).to.deep.equal(list);
          const empty = selectPath(path, facts.document);
          expect(empty).to.deep.equal([]);
          expect(facts).to.include({
            records: list.length,
            kept: list.length,
            bytes: bytes.length,
            digest: createHash('sha256').update(bytes).digest('hex'),
          });
          expect(facts.lastRecord).to.deep.equal(list.at(-1));
        },
      ),
    );
  });

  it('is cut short nowhere without a word', async () => {
    await fc.assert(
      fc.asyncProperty(
        documents,
        fc.nat(),
        fc.integer({ min: 1, max: 60 }),
        async ({ text, path }, cut, chunk) => {
          const bytes = Buffer.from(text);
          const maxPieceBytes = leastLimit(bytes, path);
          const end = cut % Buffer.byteLength(text.trimEnd());
          await rejection(read(bytes.subarray(0, end), { selector: path, maxPieceBytes }, { chunk }));
        },
      ),
    );
  });

  it('cuts a real list of stations, numbers and order kept', async () => {
    const text = readSample('nws/stations_ALY_with_pagination_cursor.json');
    const path = parseJsonPath('$.features');
    const { pieces, facts } = await read(text, { selector: path, maxPieceBytes: 12_000 }, { chunk: 1_000 });
    const whole = JSON.parse(text) as { features: unknown[] };
    expect(pieces.length).to.be.greaterThan(3);
    expect(pieces.flatMap(({ body }) => selectPath(path, JSON.parse(body.toString())))).to.deep.equal(
      whole.features,
    );
    expect(facts.document).to.deep.equal({ ...whole, features: [] });
  });

  const records = Array.from({ length: 40 }, (_, id) => `{"id":${id}, "x": 1.10}`);
  const body = `{"n":"sesame-open","l":[${records.join(' ,\n')}],"next":"sesame-open","total":40}`;
  const form = { selector: ['l'], maxPieceBytes: 300 };

  it('leaves out and protects records in every piece', async () => {
    const { texts, facts } = await read(
      body,
      { ...form, keep: isThird, protect: [{ path: ['x'], how: 'redact' }] },
      { chunk: 7 },
    );
    const ids = records.map((_, id) => id).filter((id) => id % 3 === 0);
    expect(texts.length).to.be.greaterThan(1);
    expect(texts.flatMap((text) => (JSON.parse(text) as { l: unknown[] }).l)).to.deep.equal(
      ids.map((id) => ({ id, x: '***' })),
    );
    expect(facts).to.include({ records: 40, kept: ids.length });
    expect(facts.lastRecord).to.deep.equal({ id: 39, x: 1.1 });
  });

  it('lands as one piece with an empty list when nothing is kept', async () => {
    const { pieces } = await read(body, { ...form, keep: () => false });
    expect(pieces).to.deep.equal([{ body: Buffer.from('{"n":"sesame-open","l":[]}') }]);
  });

  it('hides secrets before, in and after the list', async () => {
    const mask = createSecretMask();
    mask.hide('sesame-open');
    const secret = body.replace('{"id":5,', '{"k":"sesame-open","id":5,');
    const { texts, facts } = await read(secret, form, { deps: { ...lenient, mask }, chunk: 50 });
    expect(texts.join('')).to.contain('{"k":"***","id":5,').and.not.contain('sesame');
    expect(facts.document).to.deep.equal({ n: '***', l: [], next: '***', total: 40 });
  });

  it('is judged at its end by all but its records', async () => {
    const judged: unknown[] = [];
    const judge = (...given: unknown[]) => void judged.push(given);
    await read(body, form, { deps: { ...lenient, judge } });
    const text = '{"n":"sesame-open","l":[],"next":"sesame-open","total":40}';
    expect(judged).to.deep.equal([[JSON.parse(text), text]]);
  });

  it('lets columns read what comes before the list', async () => {
    const { texts } = await read(body, { ...form, envelopePaths: [['n'], ['missing']] });
    expect(texts.every((text) => (JSON.parse(text) as { n: string }).n === 'sesame-open')).to.equal(true);
  });

  it('refuses a column that reads what comes after the list', async () => {
    const error = await rejection(read(body, { ...form, envelopePaths: [['n'], ['total']] }));
    expect(error.message).to.match(
      /^\$\.total comes after the list .* smaller pages, or leave the column out/,
    );
    expect(error).to.include({ retryable: false });
  });

  const many = records.join(',');
  const faults: [what: string, text: string, said: RegExp, retryable: boolean][] = [
    [
      'a record is no JSON',
      `{"l":[${many},{"id":4 1},${many}]}`,
      /record 41 of the list is no whole JSON: {"id":4 1}/,
      true,
    ],
    ['two records have no comma', `{"l":[${many} ${many}]}`, /'{' after record 40 of the list/, true],
    ['a comma is one too many', `{"l":[${many},,${many}]}`, /',' after record 40 of the list/, true],
    ['the list ends with a comma', `{"l":[${many},]}`, /']' after record 40 of the list/, true],
    [
      'a bracket is the wrong one',
      `{"l":[${many},{"a":[1},2]}`,
      /after record 41 of the list|cut short|record 41 .* is no whole JSON/,
      true,
    ],
    ['the list does not end', `{"l":[${many}`, /the body is cut short after record 40 of the list/, true],
    [
      'the rest is cut short',
      `{"l":[${many}],"n":`,
      /without the records of its list, is no whole JSON/,
      true,
    ],
    ['the rest is no UTF-8', `{"l":[${many}],"n":"\u0080"}`, /the body is not utf-8/, true],
    ['there is no list', `{"m":[${many}]}`, /\$\.l finds nothing instead of a list .*: {"m":\[/, true],
    [
      'there is a text instead',
      `{"l":"${'x'.repeat(400)}"}`,
      /\$\.l finds a value that begins with '"' instead/,
      true,
    ],
    ['it is no JSON', `<html>${'x'.repeat(400)}`, /\$\.l finds nothing instead of a list .*: <html>x/, true],
    [
      'there is a second list',
      `{"l":[${many}],"l":[]}`,
      /there are 2 values at \$\.l .*a name is there twice/,
      true,
    ],
    [
      'a record is too long',
      `{"l":[${many},"${'x'.repeat(300)}"]}`,
      /record 41 .* larger than a line may be/,
      false,
    ],
    [
      'the rest is too long',
      `{"l":[${many}],"n":"${'x'.repeat(300)}"}`,
      /what surrounds the list .* has more than/,
      false,
    ],
    [
      'the beginning is too long',
      `{"n":"${'x'.repeat(280)}","l":[${many}]}`,
      /record 1 .* larger than a line may be/,
      false,
    ],
  ];
  for (const [what, text, said, retryable] of faults) {
    for (const chunk of [1, 64, 10_000]) {
      it(`fails when ${what} (chunks of ${chunk})`, async () => {
        const bytes = Buffer.from(text, text.includes('\u0080') ? 'latin1' : 'utf8');
        const error = await rejection(read(bytes, form, { chunk }));
        expect(error.message).to.match(said);
        expect(error).to.include({ retryable });
      });
    }
  }
});
