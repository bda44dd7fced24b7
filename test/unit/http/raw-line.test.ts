import { expect } from 'chai';
import * as fc from 'fast-check';
import type { RawLine } from '../../../pipeline/raw-object.ts';
import { rawLines, type RawLineHead } from '../../../pipeline/raw-line.ts';

const head: RawLineHead = {
  v: 1,
  resource: 'stations',
  scheduled_at: '2026-11-21T10:05:00Z',
  fetched_at: '2026-11-21T10:05:01.234Z',
  request: { method: 'GET', url: 'https://api.example/?key=***', for: { city: { name: 'Oslo' } }, page: 1 },
  status: 200,
  headers: { 'content-type': 'application/json' },
};
const list = { selector: ['l'], shape: 'list' } as const;
const parse = (line: Buffer): RawLine => JSON.parse(line.toString()) as RawLine;

describe('rawLines', () => {
  it('writes one line, the body in its own text', () => {
    const [line, ...more] = rawLines(
      head,
      '{"t": 1.10,\r\n"n": 9007199254740993.5, "s": "a\\nb\u2028"}\n',
      list,
    );
    expect(more).to.deep.equal([]);
    expect(line?.toString()).to.equal(
      `${JSON.stringify(head).slice(0, -1)},"body":{"t": 1.10,  "n": 9007199254740993.5, "s": "a\\nb\u2028"} }\n`,
    );
  });

  it('keeps any document as it is, on one line', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: 'binary' }),
        fc.constantFrom(undefined, 2, '\r\n'),
        (value, space) => {
          const [line = Buffer.alloc(0)] = rawLines(head, JSON.stringify(value, null, space), list);
          expect(line.indexOf('\n')).to.equal(line.length - 1);
          expect(line.includes('\r')).to.equal(false);
          expect(parse(line)).to.deep.equal({ ...head, body: JSON.parse(JSON.stringify(value)) as unknown });
        },
      ),
    );
  });

  it('cuts a list that is too long for a line, numbers the chunks and stays within the limit', () => {
    const records = Array.from({ length: 200 }, (_, id) => ({ id, name: `station ${id}` }));
    const text = JSON.stringify({ total: 200, l: records });
    const lines = [...rawLines(head, text, { ...list, maxBytes: 1500 })];
    expect(lines.length).to.be.greaterThan(3);
    expect(lines.every((line) => line.length <= 1500)).to.equal(true);
    const parsed = lines.map(parse);
    expect(parsed.flatMap(({ body }) => (body as { l: object[] }).l)).to.deep.equal(records);
    expect(parsed.every(({ body }) => (body as { total: number }).total === 200)).to.equal(true);
    expect(parsed.map(({ request }) => request.chunk)).to.deep.equal(
      lines.map((_, index) => ({ number: index + 1, of: lines.length })),
    );
    for (const { request, ...rest } of parsed) {
      const { chunk, ...same } = request;
      expect(chunk).to.not.equal(undefined);
      expect({ ...rest, request: same }).to.deep.equal({ ...head, body: rest.body });
    }
  });

  it('refuses what it cannot cut', () => {
    const text = JSON.stringify({ l: { time: Array.from({ length: 1000 }, () => 1) } });
    const cut = () => [...rawLines(head, text, { selector: ['l'], shape: 'columns', maxBytes: 1500 })];
    expect(cut).to.throw(/shape 'columns' cannot be cut .* ask for less per request/);
  });
});
