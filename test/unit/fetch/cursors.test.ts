import { expect } from 'chai';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import { sliceKey } from '../../../pipeline/fetch/slice-key.ts';
import type { CompiledResource, Incremental } from '../../../pipeline/source/source.ts';
import { engineWorld } from '../../support/engine-world.ts';
import { resource } from '../../support/fetch-world.ts';
import { incremental, span } from '../../support/incremental.ts';
import { rejection } from '../../support/rejection.ts';

const day = span({ days: 1 });

function events(by: Partial<Incremental>, more: Partial<CompiledResource> = {}): CompiledResource {
  const sliced = more.slices !== undefined;
  const params = {
    from: '{incremental.start_value}',
    to: '{incremental.end_value}',
    ...(sliced && { city: '{city}' }),
  };
  return resource('events', [{}], {
    endpoint: { ...defaultEndpoint, path: 'events', params },
    incremental: incremental(by),
    ...more,
  });
}

const from = (requests: string[]): (string | null)[] =>
  requests.map((request) => new URL(request, 'http://api').searchParams.get('from'));

describe('the cursor of a slice', () => {
  it('moves to the greatest value that has landed, and the next window starts there', async () => {
    const answers = [
      [{ t: '2026-11-20T00:00:00Z' }, { t: '2026-11-19T00:00:00Z' }],
      [{ t: '2026-11-21T01:00:00Z' }],
      [],
    ];
    const world = engineWorld(() => ({ body: JSON.stringify(answers.shift()) }), [events({})]);
    for (let count = 0; count < 3; count += 1) await world.fetch();
    expect(from(world.requests)).to.deep.equal([
      '2026-11-01T00:00:00Z',
      '2026-11-20T00:00:00Z',
      '2026-11-21T01:00:00Z',
    ]);
    expect(world.states.get('events')?.cursors).to.deep.equal({ '': '2026-11-21T01:00:00.000Z' });
    expect(world.lines[1]?.request.for).to.deep.equal({
      incremental: {
        start_value: '2026-11-20T00:00:00Z',
        end_value: '2026-11-21T10:05:02Z',
        initial_value: '2026-11-01T00:00:00Z',
        last_value: '2026-11-20T00:00:00Z',
      },
    });
  });

  it('stays when any page of the window fails', async () => {
    const stops = { stop_on: 'empty_page', maximum_pages: 9 } as const;
    const paged = events({});
    paged.endpoint.paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops };
    const world = engineWorld(
      ({ url }) =>
        url.searchParams.get('page') === '3'
          ? { status: 400 }
          : { body: `[{"t":"2026-11-2${url.searchParams.get('page')}"}]` },
      [paged],
    );
    await rejection(world.fetch());
    expect(world.states.get('events')).to.equal(undefined);
    expect(world.lines).to.deep.equal([]);
  });

  it('is its own: a slice that is added begins at the beginning, one that fails stays where it is', async () => {
    const slices = [{ city: 'Oslo' }, { city: 'Rome' }];
    const given = events({}, { slices: slices.slice(0, 1), on_slice_error: 'skip_and_report' });
    const world = engineWorld(
      ({ url }) =>
        url.searchParams.get('city') === 'Rome' ? { status: 400 } : { body: '[{"t":"2026-11-20"}]' },
      [given],
      { concurrency: 1 },
    );
    await world.fetch();
    given.slices = slices;
    await world.fetch();
    await world.fetch();
    expect(from(world.requests)).to.deep.equal([
      '2026-11-01T00:00:00Z',
      '2026-11-20T00:00:00Z',
      '2026-11-01T00:00:00Z',
      '2026-11-20T00:00:00Z',
      '2026-11-01T00:00:00Z',
    ]);
    expect(world.states.get('events')?.cursors).to.deep.equal({
      [sliceKey({ city: 'Oslo' })]: '2026-11-20T00:00:00.000Z',
    });
  });

  it('moves by steps, as far as the time allows, and what is whole is committed', async () => {
    const world = engineWorld(() => {
      world.timeLeftMs -= 1_000;
      return { body: '[]' };
    }, [events({ step: day, initial_value: { at: '2026-11-16' } })]);
    world.timeLeftMs = 4_000;
    const first = await world.fetch();
    expect(first.outcome).to.include({ kind: 'complete', behind: 1 });
    expect(first.outcome.reason).to.contain('the time of this fetch is over');
    expect(world.states.get('events')?.cursors).to.deep.equal({ '': '2026-11-20T00:00:00.000Z' });
    world.timeLeftMs = 60_000;
    expect((await world.fetch()).outcome).to.include({ kind: 'complete', behind: 0 });
    expect(from(world.requests)).to.deep.equal(
      [16, 17, 18, 19, 20, 21].map((date) => `2026-11-${date}T00:00:00Z`),
    );
    expect(world.states.get('events')?.cursors).to.deep.equal({ '': '2026-11-21T10:05:02.000Z' });
  });

  it('that moved by steps before a failure is committed by the next attempt, also where that comes no further', async () => {
    let count = 0;
    const world = engineWorld(
      () => {
        count += 1;
        if (count <= 2) return { body: '[]' };
        return count === 3 ? { status: 503 } : { status: 429, headers: { 'retry-after': '3600' } };
      },
      [events({ step: day, initial_value: { at: '2026-11-18' } })],
      { max_attempts: 1 },
    );
    await rejection(world.fetch());
    expect(world.states.get('events')).to.equal(undefined);
    expect((await world.fetch()).outcome).to.include({ kind: 'complete', behind: 1 });
    expect(world.lines).to.have.length(2);
    expect(world.states.get('events')?.cursors).to.deep.equal({ '': '2026-11-20T00:00:00.000Z' });
  });

  it('reaches end_value, and then nothing is asked for any more', async () => {
    const world = engineWorld(
      () => ({ body: '[{"t":"2026-11-03"}]' }),
      [events({ end_value: '2026-11-10' })],
    );
    await world.fetch();
    await world.fetch();
    expect(world.requests).to.have.length(1);
    expect(world.states.get('events')?.cursors).to.deep.equal({ '': '2026-11-10T00:00:00.000Z' });
  });

  it('leaves a gap where the API has forgotten what came after it', async () => {
    const world = engineWorld(() => ({ body: '[]' }), [events({ retention_ms: 86_400_000 })]);
    world.states.set('events', { cursors: { '': '2026-11-10T00:00:00.000Z' } });
    const { outcome } = await world.fetch();
    expect(outcome.gaps).to.deep.equal([
      { slice: {}, from: '2026-11-10T00:00:00Z', to: '2026-11-20T10:05:02Z' },
    ]);
    expect(from(world.requests)).to.deep.equal(['2026-11-20T10:05:02Z']);
  });

  it('ends the pages of a descending list, where they leave the window; older records do not land', async () => {
    const stops = { stop_on: 'empty_page', maximum_pages: 9 } as const;
    const given = events({ row_order: 'desc', client_side: true });
    given.endpoint.paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops };
    const world = engineWorld(
      ({ url }) => {
        const page = Number(url.searchParams.get('page'));
        return {
          body: JSON.stringify([{ t: `2026-11-${22 - 2 * page}` }, { t: `2026-11-${21 - 2 * page}` }]),
        };
      },
      [given],
    );
    world.states.set('events', { cursors: { '': '2026-11-18T00:00:00.000Z' } });
    await world.fetch();
    expect(world.lines.map(({ body }) => body)).to.deep.equal([
      [{ t: '2026-11-20' }, { t: '2026-11-19' }],
      [{ t: '2026-11-18' }],
    ]);
    expect(world.exchanges.at(-1)).to.include({
      page: 2,
      records: 2,
      kept: 1,
      next: 'the records have left the window',
    });
  });

  it('of a group is that of its earliest slice, and of each slice its own afterwards', async () => {
    const slices = ['a', 'b', 'c'].map((id) => ({ id }));
    const cursors = {
      [sliceKey({ id: 'a' })]: '2026-11-20T00:00:00.000Z',
      [sliceKey({ id: 'b' })]: '2026-11-18T00:00:00.000Z',
    };
    const given = events(
      {},
      { slices, group: { size: 5, separator: ',', variables: ['id'], answers: '$', match: 'position' } },
    );
    given.endpoint.params = { id: '{id}', from: '{incremental.start_value}' };
    const world = engineWorld(
      ({ url }) => ({
        body: JSON.stringify(
          (url.searchParams.get('id') ?? '')
            .split(',')
            .map((id) => [{ t: { a: '2026-11-21', b: '2026-11-19', c: '2026-11-02' }[id] }]),
        ),
      }),
      [given],
      { concurrency: 1 },
    );
    world.states.set('events', { cursors });
    await world.fetch();
    expect(world.requests).to.deep.equal([
      'events?id=c&from=2026-11-01T00%3A00%3A00Z',
      'events?id=b%2Ca&from=2026-11-18T00%3A00%3A00Z',
    ]);
    expect(world.states.get('events')?.cursors).to.deep.equal({
      [sliceKey({ id: 'a' })]: '2026-11-21T00:00:00.000Z',
      [sliceKey({ id: 'b' })]: '2026-11-19T00:00:00.000Z',
      [sliceKey({ id: 'c' })]: '2026-11-02T00:00:00.000Z',
    });
  });

  it('of a window that is too long for an invocation moves when the last page is in', async () => {
    const stops = { stop_on: 'empty_page', maximum_pages: 99 } as const;
    const given = events({ row_order: 'asc' }, { slices: [{ city: 'Oslo' }, { city: 'Rome' }] });
    given.endpoint.paginator = { type: 'page_number', base_page: 1, send: { param: 'page' }, stops };
    const world = engineWorld(
      ({ url }) => {
        world.timeLeftMs -= 1_000;
        const page = Number(url.searchParams.get('page'));
        return {
          body:
            page > (url.searchParams.get('city') === 'Oslo' ? 1 : 5)
              ? '[]'
              : `[{"t":"2026-11-0${page + 1}"}]`,
        };
      },
      [given],
      { concurrency: 1 },
    );
    world.timeLeftMs = 5_000;
    // Oslo is whole, Rome in the middle of its pages: none of it may be lost, so nothing is committed yet.
    expect((await world.fetch()).outcome.kind).to.equal('paused');
    expect(world.lines).to.deep.equal([]);
    world.clock += 3_600_000;
    world.timeLeftMs = 60_000;
    expect((await world.fetch()).outcome).to.include({ kind: 'complete', requests: 8 });
    expect(world.requests).to.have.length(8);
    expect(world.requests.every((request) => request.includes('to=2026-11-21T10%3A05%3A02Z'))).to.equal(true);
    expect(world.lines).to.have.length(8);
    expect(world.states.get('events')?.cursors).to.deep.equal({
      [sliceKey({ city: 'Oslo' })]: '2026-11-02T00:00:00.000Z',
      [sliceKey({ city: 'Rome' })]: '2026-11-06T00:00:00.000Z',
    });
  });
});

describe('a resource that is fetched once', () => {
  it('asks for nothing afterwards', async () => {
    const world = engineWorld(() => ({ body: '[1]' }), [resource('list', [{}], { once: true })]);
    await world.fetch();
    expect(world.states.get('list')).to.include({ done: true });
    await world.fetch();
    expect(world.requests).to.have.length(1);
  });

  it('is not done while a slice is missing', async () => {
    const slices = [{ city: 'Oslo' }, { city: 'Rome' }];
    let down = true;
    const world = engineWorld(
      ({ url }) => (down && url.search.includes('Rome') ? { status: 400 } : { body: '[1]' }),
      [resource('list', slices, { once: true, on_slice_error: 'skip_and_report' })],
    );
    await world.fetch();
    expect(world.states.get('list')).to.not.have.property('done');
    down = false;
    await world.fetch();
    expect(world.states.get('list')).to.include({ done: true });
  });
});
