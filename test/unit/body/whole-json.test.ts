import { expect } from 'chai';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { createSecretMask } from '../../../pipeline/http/secret-mask.ts';
import { parseJsonPath } from '../../../pipeline/source/json-path.ts';
import { rejection } from '../../support/rejection.ts';
import { documents } from './documents.ts';
import { lenient, read } from './read-body.ts';

const isOdd = (record: unknown): boolean => (record as { a: number }).a % 2 === 1;

function refuse(document: unknown, text: string): void {
  throw new Error(`judged ${JSON.stringify(document)} ${text}`);
}

describe('a body of JSON that fits into a line', () => {
  it('is one piece, to the letter, in whatever chunks it comes', async () => {
    await fc.assert(
      fc.asyncProperty(documents, fc.integer({ min: 1, max: 50 }), async ({ text, path, list }, chunk) => {
        const { pieces, texts, facts } = await read(text, { selector: path }, { chunk });
        expect(texts).to.deep.equal([text]);
        expect(pieces[0]).to.not.have.property('chunk');
        expect(facts).to.deep.equal({
          document: JSON.parse(text) as unknown,
          records: list.length,
          kept: list.length,
          lastRecord: list.at(-1),
          digest: createHash('sha256').update(text).digest('hex'),
          bytes: Buffer.byteLength(text),
        });
      }),
    );
  });

  const shapes: [shape: 'object' | 'list' | 'map' | 'columns', body: string, records: unknown[]][] = [
    ['object', '{"d":{"a":1}}', [{ a: 1 }]],
    ['list', '{"d":[{"a":1},2]}', [{ a: 1 }, 2]],
    ['list', '{"d":[]}', []],
    ['map', '{"d":{"x":{"a":1},"y":{"a":2}}}', [{ a: 1 }, { a: 2 }]],
    [
      'columns',
      '{"d":{"t":[1,2],"v":["a",null],"unit":"C"}}',
      [
        { t: 1, v: 'a' },
        { t: 2, v: null },
      ],
    ],
    ['columns', '{"d":{"t":[],"v":[]}}', []],
  ];
  for (const [shape, body, records] of shapes) {
    it(`shows every record of ${shape} ${body} once`, async () => {
      const seen: unknown[] = [];
      const form = { selector: ['d'], shape, onRecord: (record: unknown) => void seen.push(record) };
      const { texts, facts } = await read(body, form);
      expect(texts).to.deep.equal([body]);
      expect(seen).to.deep.equal(records);
      expect(facts).to.include({ records: records.length, kept: records.length });
      expect(facts.lastRecord).to.deep.equal(records.at(-1));
      expect((await read(body, { selector: ['d'], shape })).facts).to.deep.equal(facts);
    });
  }

  const kept: [shape: 'list' | 'map' | 'columns', body: string, left: string][] = [
    [
      'list',
      '{"n":1.10,"d":[ {"a": 1.0}, {"a":2} ,{"a":3.0}, {"a":4}]}',
      '{"n":1.10,"d":[{"a": 1.0},{"a":3.0}]}',
    ],
    ['list', '{"d":[{"a":2}]}', '{"d":[]}'],
    ['map', '{"d":{"x":{"a":2}, "10":{"a": 3} ,"9":{"a":1}}}', '{"d":{"10":{"a": 3} ,"9":{"a":1}}}'],
    [
      'columns',
      '{"d":{"u":"[C]","a":[1, 2,3,2],"v":["x","y", "z",9]}}',
      '{"d":{"u":"[C]","a":[1,3],"v":["x","z"]}}',
    ],
  ];
  for (const [shape, body, left] of kept) {
    it(`leaves out what is not kept of ${shape} ${body}`, async () => {
      const { texts, facts } = await read(body, { selector: ['d'], shape, keep: isOdd });
      expect(texts).to.deep.equal([left]);
      const parsed = JSON.parse(body) as { d: object };
      const records = shape === 'columns' ? 4 : Object.keys(parsed.d).length;
      expect(facts.records).to.equal(records);
      expect(facts.kept).to.equal(shape === 'list' && records === 1 ? 0 : 2);
      expect(facts.document).to.deep.equal(parsed);
    });
  }

  it('never leaves the one record of an object out', async () => {
    const { texts, facts } = await read('{"a":1}', { shape: 'object', keep: () => false });
    expect(texts).to.deep.equal(['{"a":1}']);
    expect(facts.kept).to.equal(1);
  });

  it('hides secrets in what lands and in what is known of it', async () => {
    const mask = createSecretMask();
    mask.hide('sesame-open');
    const { texts, facts } = await read('[{"k":"sesame-open"}]', {}, { deps: { ...lenient, mask } });
    expect(texts).to.deep.equal(['[{"k":"***"}]']);
    expect(facts.document).to.deep.equal([{ k: '***' }]);
  });

  const damages: [what: string, body: string | Buffer, said: RegExp][] = [
    ['empty', ' \n', /^200, but the body is empty$/],
    ['cut short', '[{"a":1},{"a"', /^200, but the body is no whole JSON: \[{"a":1},{"a" \(.*\)$/],
    ['no JSON', '<html>\nno</html>', /the body is no whole JSON: <html> no<\/html>/],
    ['two documents', '[1]\n[2]', /the body is no whole JSON/],
    ['no UTF-8', Buffer.from('["é"]', 'latin1'), /^200, but the body is not utf-8; .*charset/],
  ];
  for (const [what, body, said] of damages) {
    it(`is refused when it is ${what}`, async () => {
      const judged: unknown[] = [];
      const deps = { ...lenient, judge: (document: unknown) => void judged.push(document) };
      const error = await rejection(read(body, {}, { deps }));
      expect(error.message).to.match(said);
      expect(error).to.include({ status: 200, retryable: true });
      expect(judged).to.deep.equal(typeof body === 'string' ? [undefined] : []);
    });
  }

  it('is judged before anything of it lands', async () => {
    const error = await rejection(read('[1]', {}, { deps: { ...lenient, judge: refuse } }));
    expect(error.message).to.equal('judged [1] [1]');
  });

  for (const shape of ['object', 'map', 'columns', 'list'] as const) {
    it(`is refused when its selector finds no ${shape}`, async () => {
      const error = await rejection(read('{"d":1}', { selector: parseJsonPath('$.d'), shape }));
      expect(error.message).to.equal(`data_selector $.d finds nothing that could be a ${shape}`);
    });
  }

  for (const shape of ['object', 'map', 'columns'] as const) {
    it(`is refused when shape ${shape} does not fit into a line`, async () => {
      const body = JSON.stringify({ a: Array.from({ length: 100 }, () => 1) });
      const error = await rejection(read(body, { shape, maxPieceBytes: 200 }));
      expect(error.message).to.match(
        /has more than .* and shape '.*' cannot be cut .*ask for less per request/,
      );
      expect(error).to.include({ retryable: false });
    });
  }
});
