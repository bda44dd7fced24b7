import { expect } from 'chai';
import * as fc from 'fast-check';
import { rawLine, roomForBody, type RawLineHead } from '../../../pipeline/raw-line.ts';
import type { RawLine } from '../../../pipeline/raw-object.ts';

const head: RawLineHead = {
  v: 1,
  resource: 'stations',
  scheduled_at: '2026-11-21T10:05:00Z',
  fetched_at: '2026-11-21T10:05:01.234Z',
  request: { method: 'GET', url: 'https://api.example/?key=***', for: { city: { name: 'Ås' } }, page: 1 },
  status: 200,
  headers: { 'content-type': 'application/json' },
};

describe('rawLine', () => {
  it('carries the body in its own text, line breaks as spaces', () => {
    const body = Buffer.from('{"t": 1.10,\r\n"n": 9007199254740993.5, "s": "a\\nb\u2028"}\n');
    const before = Buffer.from(body);
    expect(rawLine(head, { body }).toString()).to.equal(
      `${JSON.stringify(head).slice(0, -1)},"body":{"t": 1.10,  "n": 9007199254740993.5, "s": "a\\nb\u2028"} }\n`,
    );
    expect(body.equals(before)).to.equal(true);
  });

  it('keeps any document as it is, on one line', () => {
    const unit = fc.constantFrom('a', 'é', '😀', '"', '\\', '\n', '\r', '\u0000', '\u2028', '\ud800');
    const opening = `${JSON.stringify(head).slice(0, -1)},"body":`;
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: unit }),
        fc.constantFrom(undefined, 2, '\r\n'),
        (value, space) => {
          const text = JSON.stringify(value, null, space);
          const line = rawLine(head, { body: Buffer.from(text) }).toString();
          expect(line).to.equal(`${opening}${text.replaceAll(/[\r\n]/g, ' ')}}\n`);
          const { body } = JSON.parse(line) as RawLine;
          expect(JSON.stringify(body)).to.equal(JSON.stringify(value));
        },
      ),
    );
  });

  it('numbers the chunks of a response', () => {
    const line = JSON.parse(rawLine(head, { body: Buffer.from('[]'), chunk: 3 }).toString()) as RawLine;
    expect(line).to.deep.equal({ ...head, request: { ...head.request, chunk: { number: 3 } }, body: [] });
  });

  it('is no longer than an engine reads when the body has its room', () => {
    const line = rawLine(head, { body: Buffer.alloc(roomForBody(head), '1'), chunk: 999_999_999 });
    expect(line.length)
      .to.be.lessThanOrEqual(8 * 2 ** 20)
      .and.greaterThan(8 * 2 ** 20 - 100);
  });
});
