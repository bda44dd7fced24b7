import { expect } from 'chai';
import * as fc from 'fast-check';
import { createHmac } from 'node:crypto';
import type { BodyForm, ProtectRule } from '../../../pipeline/body/body-form.ts';
import { parseJsonPath } from '../../../pipeline/source/json-path.ts';
import { rejection } from '../../support/rejection.ts';
import { documents } from './documents.ts';
import { read } from './read-body.ts';

const redact = (path: string): ProtectRule => ({ path: parseJsonPath(path), how: 'redact' });
const hash = (path: string): ProtectRule => ({ path: parseJsonPath(path), how: 'hash', key: 'pepper' });
const hashOf = (value: string) => createHmac('sha256', 'pepper').update(value).digest('hex');

describe('protected values', () => {
  type Case = [what: string, shape: BodyForm['shape'], rules: ProtectRule[], body: string, landed: string];
  const cases: Case[] = [
    [
      'of each record of a list',
      'list',
      [redact('$.a')],
      '[{"a":1,"n":1.10}, {"n":2.0,"a":"x"}]',
      '[{"a":"***","n":1.10},{"n":2.0,"a":"***"}]',
    ],
    [
      'that are missing or null',
      'list',
      [redact('$.a'), hash('$.b')],
      '[{},{"a":null, "b":null},3]',
      '[{},{"a":null, "b":null},3]',
    ],
    [
      'deep inside',
      'list',
      [redact('$.a.b[1]')],
      '[{"a":{"b":[1,[2]]}},{"a":[]}]',
      '[{"a":{"b":[1,"***"]}},{"a":[]}]',
    ],
    ['that are whole records', 'list', [hash('$')], '["x", 1.10]', `["${hashOf('x')}","${hashOf('1.10')}"]`],
    [
      'as texts, numbers and objects',
      'list',
      [hash('$.a')],
      '[{"a":"\\u0078"},{"a":1.10},{"a":{"c": 1}}]',
      `[{"a":"${hashOf('x')}"},{"a":"${hashOf('1.10')}"},{"a":"${hashOf('{"c": 1}')}"}]`,
    ],
    [
      'one within the other',
      'object',
      [hash('$.a.b'), redact('$.a')],
      '{"a":{"b":1},"c":2}',
      '{"a":"***","c":2}',
    ],
    [
      'whose name is there twice',
      'object',
      [redact('$.a')],
      '{"a":1,"\\u0061":2}',
      '{"a":"***","\\u0061":"***"}',
    ],
    [
      'of a map',
      'map',
      [redact('$.a')],
      '{"x":{"a":1},"a":{"b":1}, "2":{"a":5}}',
      '{"x":{"a":"***"},"a":{"b":1},"2":{"a":"***"}}',
    ],
    [
      'of parallel lists',
      'columns',
      [redact('$.a')],
      '{"t":[1, 2],"a":["x",null],"u":"a"}',
      '{"t":[1, 2],"a":["***",null],"u":"a"}',
    ],
    [
      'within parallel lists',
      'columns',
      [hash('$.a.b')],
      '{"t":[1,2],"a":[{"b":1, "c":1.10},{}]}',
      `{"t":[1,2],"a":[{"b":"${hashOf('1')}", "c":1.10},{}]}`,
    ],
  ];
  for (const [what, shape, protect, body, landed] of cases) {
    it(`do not land: ${what}`, async () => {
      expect((await read(body, { shape, protect })).texts).to.deep.equal([landed]);
    });
  }

  it('are still seen by paging and cursors', async () => {
    const seen: unknown[] = [];
    const { facts } = await read('[{"a":1}]', {
      protect: [redact('$.a')],
      onRecord: (record) => void seen.push(record),
    });
    expect([seen, facts.lastRecord]).to.deep.equal([[{ a: 1 }], { a: 1 }]);
  });

  it('leave all else as it was written, whole or streamed', async () => {
    const secret = 'quite-secret';
    await fc.assert(
      fc.asyncProperty(documents, fc.boolean(), async ({ text, path, list }, streamed) => {
        const wrapped = JSON.parse(text) as unknown;
        let holder: unknown = wrapped;
        for (const step of path) holder = (holder as Record<string | number, unknown>)[step];
        const elements = holder as unknown[];
        elements.splice(0, elements.length, ...list.map((value) => ({ s: secret, value })));
        const body = JSON.stringify(wrapped);
        const form = {
          selector: path,
          protect: [redact('$.s')],
          ...(streamed && { maxPieceBytes: body.length - 1 }),
        };
        const reading = read(body, form, { chunk: 50 });
        const { texts } = streamed ? await reading.catch(() => ({ texts: [] })) : await reading;
        expect(texts.join('')).to.not.contain(secret);
        if (!streamed) expect(texts).to.deep.equal([body.replaceAll(`"s":"${secret}"`, '"s":"***"')]);
      }),
    );
  });

  it('make longer texts, which are cut where they no longer fit', async () => {
    const body = JSON.stringify(Array.from({ length: 20 }, (_, id) => ({ id })));
    const { texts } = await read(body, { protect: [hash('$.id')], maxPieceBytes: 250 });
    expect(texts.every((text) => text.length <= 250)).to.equal(true);
    expect(texts.flatMap((text) => JSON.parse(text) as unknown[])).to.deep.equal(
      Array.from({ length: 20 }, (_, id) => ({ id: hashOf(String(id)) })),
    );
  });

  it('refuse a body with two lists of one name: the first would land as it is', async () => {
    const error = await rejection(
      read('{"l":[{"a":1}],"l":[{"a":2}]}', { selector: ['l'], protect: [redact('$.a')] }),
    );
    expect(error.message).to.match(/there are 2 values at \$\.l in the response: a name is there twice/);
  });
});
