import { expect } from 'chai';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import { sliceKey } from '../../../pipeline/fetch/slice-key.ts';
import type { CompiledResource, SliceGroup } from '../../../pipeline/source/source.ts';
import { engineWorld } from '../../support/engine-world.ts';
import { resource, type ApiAnswer } from '../../support/fetch-world.ts';
import { rejection } from '../../support/rejection.ts';

const named = ['Oslo', 'Rome', 'Lima', 'Bern', 'Kyiv'].map((name, index) => ({
  city: { name, lat: index, lon: index * 10 },
}));

function weather(more: Partial<CompiledResource> = {}): CompiledResource {
  return resource('weather', named, {
    endpoint: { ...defaultEndpoint, path: 'weather', params: { q: '{city.name}' } },
    shape: 'object',
    ...more,
  });
}

const cityOf = (url: URL): string => url.searchParams.get('q') ?? '';

function failing(answers: Record<string, ApiAnswer>, more: Partial<CompiledResource> = {}) {
  return engineWorld(
    ({ url }) => answers[cityOf(url)] ?? { body: JSON.stringify({ city: cityOf(url) }) },
    [weather({ on_slice_error: 'skip_and_report', ...more })],
    { concurrency: 2, max_attempts: 2 },
  );
}

describe('slices that fail', () => {
  it('are reported, and the others land', async () => {
    const world = failing({ Rome: { status: 404 }, Bern: { status: 500 } });
    const { outcome, lines } = await world.fetch();
    expect(lines.map(({ body }) => (body as { city: string }).city).toSorted()).to.deep.equal([
      'Kyiv',
      'Lima',
      'Oslo',
    ]);
    expect(outcome).to.include({ kind: 'complete', skippedCount: 2 });
    expect(outcome.skipped.map(({ slice }) => (slice['city'] as { name: string }).name)).to.have.members([
      'Rome',
      'Bern',
    ]);
    expect(outcome.skipped[0]?.error).to.match(/^GET https:\/\/api\.example\/v1\/weather\?q=Rome: 404/);
    const skips = world.logs.filter(({ event }) => event === 'slice skipped');
    expect(skips.map(({ resource: name }) => name)).to.deep.equal(['weather', 'weather']);
  });

  it('all of them fail the window', async () => {
    const all = Object.fromEntries(named.map(({ city }) => [city.name, { status: 404 }]));
    const error = await rejection(failing(all).fetch());
    expect(error.message).to.match(/^all 5 slices of weather failed, the first: GET .*q=Oslo: 404/);
  });

  for (const [what, answer, said] of [
    ['a refused key', { status: 401 }, /401/],
    ['a forbidden request', { status: 403 }, /403/],
    [
      'a host that refuses connections',
      { error: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) },
      /ECONNREFUSED/,
    ],
  ] as const) {
    it(`do not include ${what}: that is no matter of one slice`, async () => {
      const world = failing({ Rome: answer });
      expect((await rejection(world.fetch())).message).to.match(said);
      expect(world.lines).to.deep.equal([]);
    });
  }
});

const namesIn = (url: URL): string[] => (url.searchParams.get('name') ?? '').split(',');

const inOrder = (url: URL): ApiAnswer => ({
  body: `[${namesIn(url)
    .map((id) => `{"id": "${id}", "t":  1.10}`)
    .join(', ')}]`,
});

const reversed = ({ url }: { url: URL }): ApiAnswer => ({
  body: JSON.stringify({
    list: namesIn(url)
      .toReversed()
      .map((id) => ({ id })),
  }),
});

describe('slices in groups', () => {
  const group: SliceGroup = { size: 2, separator: ',', variables: ['city'], answers: '$', match: 'position' };
  const params = { lat: '{city.lat}', name: '{city.name}' };
  const grouped = (more: Partial<SliceGroup> = {}, rest: Partial<CompiledResource> = {}) =>
    weather({
      endpoint: { ...defaultEndpoint, path: 'weather', params },
      group: { ...group, ...more },
      ...rest,
    });

  it('are asked for together, and each lands as a line of its own', async () => {
    const world = engineWorld(({ url }) => inOrder(url), [grouped()], { concurrency: 1 });
    const { outcome, lines } = await world.fetch();
    expect(world.requests).to.deep.equal([
      'weather?lat=0%2C1&name=Oslo%2CRome',
      'weather?lat=2%2C3&name=Lima%2CBern',
      'weather?lat=4&name=Kyiv',
    ]);
    expect(lines.map(({ request, body }) => [request.for, (body as { id: string }).id])).to.deep.equal(
      named.map((slice) => [slice, slice.city.name]),
    );
    expect(outcome).to.include({ requests: 3, responses: 3 });
  });

  it('of one may be answered without a list', async () => {
    const world = engineWorld(
      ({ url }) => (namesIn(url).length === 1 ? { body: '{"id": "Kyiv"}' } : inOrder(url)),
      [grouped()],
      { concurrency: 1 },
    );
    expect((await world.fetch()).lines.at(-1)?.body).to.deep.equal({ id: 'Kyiv' });
  });

  it('are told apart by a value in the answer', async () => {
    const match = { path: '$.id', value: '{city.name}' };
    const world = engineWorld(reversed, [grouped({ answers: '$.list', match })], { concurrency: 1 });
    const { lines } = await world.fetch();
    for (const { request, body } of lines) {
      expect((request.for['city'] as { name: string }).name).to.equal((body as { id: string }).id);
    }
    expect(lines).to.have.length(5);
  });

  for (const [what, more, answer, said] of [
    ['an answer is missing', {}, '[{"id":"Oslo"}]', /has 1 answers for 2 slices/],
    ['an answer is too many', {}, '[{},{},{}]', /has 3 answers for 2 slices/],
    [
      "an answer is nobody's",
      { match: { path: '$.id', value: '{city.name}' } },
      '[{"id":"Oslo"},{"id":"Paris"}]',
      /an answer with Paris at \$\.id, which no slice asked for/,
    ],
    [
      'an answer comes twice',
      { match: { path: '$.id', value: '{city.name}' } },
      '[{"id":"Oslo"},{"id":"Oslo"}]',
      /two answers with one value at \$\.id/,
    ],
  ] as const) {
    it(`fail when ${what}`, async () => {
      const world = engineWorld(() => ({ body: answer }), [grouped(more)], { concurrency: 1 });
      expect((await rejection(world.fetch())).message).to.match(said);
      expect(world.lines).to.deep.equal([]);
    });
  }

  it('that are refused are asked for in halves, until the one at fault is found', async () => {
    const world = engineWorld(
      ({ url }) =>
        namesIn(url).includes('Lima') ? { status: 400, body: '{"reason":"no such place"}' } : inOrder(url),
      [grouped({ size: 5 }, { on_slice_error: 'skip_and_report' })],
    );
    const { outcome, lines } = await world.fetch();
    expect(lines.map(({ body }) => (body as { id: string }).id).toSorted()).to.deep.equal([
      'Bern',
      'Kyiv',
      'Oslo',
      'Rome',
    ]);
    expect(outcome.skipped.map(({ slice }) => slice)).to.deep.equal([named[2]]);
    expect(world.requests).to.have.length(5);
  });
});

describe('sliceKey', () => {
  it('is the same for the same slice, whatever the order of its fields', () => {
    expect(sliceKey({ a: 1, b: { c: 2, d: 'x' } })).to.equal(sliceKey({ b: { d: 'x', c: 2 }, a: 1 }));
    expect(sliceKey({ a: 1 }))
      .to.match(/^[0-9a-f]{16}$/)
      .and.not.equal(sliceKey({ a: '1' }));
    expect(sliceKey({})).to.equal('');
  });
});
