import { expect } from 'chai';
import { inspect } from 'node:util';
import { fetchSource } from '../../../functions/fetch/fetch-source.ts';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import type { CompiledResource, Endpoint, Protection } from '../../../pipeline/source/source.ts';
import { fetchWorld, resource, scheduledAt, source, type ApiAnswer } from '../../support/fetch-world.ts';
import { rejection } from '../../support/rejection.ts';

const value = 'ada@example.com';
const protect: Protection[] = [{ path: '$.email', how: 'redact' }];
const csv: Partial<Endpoint> = {
  response: { format: 'csv', csv: { delimiter: ',', quote: '"', header: 'first_line', skip_lines: 0 } },
};
const record = JSON.stringify([{ id: 1, email: value }]);

/** All that is said of a fetch whose API answers so. */
async function told(
  answer: ApiAnswer,
  { endpoint = {}, ...more }: Partial<Omit<CompiledResource, 'endpoint'>> & { endpoint?: Partial<Endpoint> },
): Promise<string> {
  const world = fetchWorld(() => answer);
  const people = resource('people', [{}], {
    ...more,
    endpoint: { ...defaultEndpoint, path: 'people', ...endpoint },
  });
  const error = await rejection(
    fetchSource(source([people], { max_attempts: 2 }), { scheduledAt }, world.deps()),
  );
  const items = [...world.dynamo.items.values()];
  return [
    inspect(error, { depth: Infinity, showHidden: true }),
    JSON.stringify(world.logs),
    JSON.stringify(items),
  ].join();
}

describe('errors of resources with protected values', () => {
  const table: [what: string, answer: ApiAnswer, words: RegExp, endpoint?: Partial<Endpoint>][] = [
    ['JSON that is cut off', { body: record.slice(0, -1) }, /the body is no whole JSON/],
    [
      'NDJSON with a damaged line',
      { body: `{"email":"${value}"\n` },
      /line 1 of the body is no whole JSON/,
      { response: { format: 'ndjson' } },
    ],
    [
      'CSV without a header',
      { body: `${value},${value}\n`, headers: { 'content-type': 'text/csv' } },
      /the header has a name twice/,
      csv,
    ],
    [
      'data under a wrong type',
      { body: record, headers: { 'content-type': 'text/html' } },
      /200 with text\/html instead of JSON/,
    ],
    [
      'data that look like an error',
      { body: `{"status":"error","info":"${value}"}` },
      /'status' in it says that it is an error/,
    ],
    [
      'data that a filter takes for an error',
      { body: `{"message":"${value}"}` },
      /a response filter with the action fail applies/,
      { response_filters: [{ status: [200], action: 'fail' }] },
    ],
  ];
  for (const [what, answer, words, endpoint = {}] of table) {
    it(`do not quote ${what}`, async () => {
      const quiet = await told(answer, { protect, endpoint });
      expect(quiet).to.match(words).and.include('not quoted: columns are protected');
      expect(quiet).to.not.include(value);
      // Without protected values they do: so the body is there to be quoted.
      expect(await told(answer, { endpoint })).to.include(value);
    });
  }

  it('do not quote a list that is missing in a body too large for memory', async () => {
    const body = `{"people":"${value}","more":"${'x'.repeat(9 * 2 ** 20)}"}`;
    const quiet = await told({ body }, { protect, data_selector: '$.people' });
    expect(quiet)
      .to.match(/instead of a list in its first/)
      .and.not.include(value);
    expect(await told({ body }, { data_selector: '$.people' })).to.include(value);
  });

  it('still say what the API says of the request', async () => {
    const answer = { status: 422, body: '{"message":"page is too large"}' };
    expect(await told(answer, { protect })).to.include('422: page is too large');
  });
});
