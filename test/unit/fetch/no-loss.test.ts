import { expect } from 'chai';
import * as fc from 'fast-check';
import { defaultEndpoint } from '../../../pipeline/source/default-parts.ts';
import { sliceKey } from '../../../pipeline/fetch/slice-key.ts';
import type { CompiledResource, Incremental } from '../../../pipeline/source/source.ts';
import { engineWorld, type EngineWorld } from '../../support/engine-world.ts';
import { resource } from '../../support/fetch-world.ts';
import { incremental, span } from '../../support/incremental.ts';

interface Event {
  id: number;
  city: string;
  /** Milliseconds since 1970. */
  at: number;
}

interface Invocation {
  /** Requests that it has time for. */
  requests: number;
  /** The request that goes wrong, and how. */
  fault: { number: number; status: number };
  /** Minutes until the next one, in which so many events happen. */
  minutes: number;
  events: number;
}

const begin = Date.parse('2026-11-21T00:00:00Z');
const cities = ['Oslo', 'Rome'];
const stops = { stop_on: 'empty_page', maximum_pages: 1_000 } as const;

function events(by: Partial<Incremental>, policy: CompiledResource['on_slice_error']): CompiledResource {
  const params = { city: '{city}', from: '{incremental.start_value}', to: '{incremental.end_value}' };
  return resource(
    'events',
    cities.map((city) => ({ city })),
    {
      endpoint: {
        ...defaultEndpoint,
        path: 'events',
        params: by.client_side ? { city: '{city}' } : params,
        paginator: { type: 'cursor', from: { body: '$.next' }, send: { param: 'after' }, stops },
      },
      data_selector: '$.events',
      on_slice_error: policy,
      incremental: incremental({ cursor_path: '$.t', initial_value: { at: '2026-11-21T00:00:00Z' }, ...by }),
    },
  );
}

/** Two events a page, in the order that the resource declares; the token is the place in the list. */
function answer(all: Event[], url: URL, order: Incremental['row_order']): string {
  const time = (name: string, otherwise: number): number => {
    const text = url.searchParams.get(name);
    return text === null ? otherwise : Date.parse(text);
  };
  const found = all
    .filter(
      ({ city, at }) =>
        city === url.searchParams.get('city') && at >= time('from', 0) && at < time('to', Infinity),
    )
    .toSorted((one, other) => (order === 'desc' ? other.at - one.at : one.at - other.at));
  const place = Number(url.searchParams.get('after') ?? 0);
  const next = place + 2 < found.length ? String(place + 2) : null;
  const page = found.slice(place, place + 2).map(({ id, at }) => ({ id, t: new Date(at).toISOString() }));
  return JSON.stringify({ events: page, next });
}

const landed = (world: EngineWorld): Set<number> =>
  new Set(
    world.lines.flatMap(({ body }) => (body as { events: { id: number }[] }).events.map(({ id }) => id)),
  );

/** A cursor says that everything before it has landed. */
function expectNothingLost(world: EngineWorld, all: Event[]): void {
  const ids = landed(world);
  for (const city of cities) {
    const cursor = world.states.get('events')?.cursors[sliceKey({ city })];
    const before = cursor === undefined ? 0 : Date.parse(String(cursor));
    const lost = all.filter((event) => event.city === city && event.at < before && !ids.has(event.id));
    expect(lost).to.deep.equal([]);
  }
}

const forms: Record<string, Partial<Incremental>> = {
  'from the cursor to now': {},
  'with an order, and older records left out here': { row_order: 'desc', client_side: true },
  'by steps of ten minutes': { step: span({ ms: 600_000 }) },
  'by steps, with a look back': { step: span({ ms: 900_000 }), lookback: span({ ms: 300_000 }) },
  'with a delay': { delay_ms: 120_000 },
};

describe('records of an incremental resource', function () {
  // Many worlds, on machines that have other things to do too.
  this.timeout(20_000);

  const invocation: fc.Arbitrary<Invocation> = fc.record({
    requests: fc.integer({ min: 0, max: 8 }),
    fault: fc.record({
      number: fc.integer({ min: 1, max: 12 }),
      status: fc.constantFrom(400, 429, 503, 304),
    }),
    minutes: fc.integer({ min: 1, max: 45 }),
    events: fc.integer({ min: 0, max: 6 }),
  });

  for (const [what, form] of Object.entries(forms)) {
    it(`are never lost, whatever goes wrong: ${what}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(invocation, { minLength: 1, maxLength: 6 }),
          fc.constantFrom<CompiledResource['on_slice_error']>('fail', 'skip_and_report'),
          async (invocations, policy) => {
            const all: Event[] = [];
            let sent = 0;
            let fault: Invocation['fault'] | undefined;
            const given = events(form, policy);
            const world = engineWorld(
              ({ url }) => {
                world.timeLeftMs -= 1_000;
                sent += 1;
                if (sent === fault?.number) return { status: fault.status };
                return { body: answer(all, url, given.incremental?.row_order ?? 'none') };
              },
              [given],
              { max_attempts: 1 },
            );
            world.clock = begin;
            for (const { requests, minutes, events: count, ...next } of invocations) {
              for (let number = 0; number < count; number += 1) {
                const at = world.clock + Math.floor((minutes * 60_000 * number) / count);
                all.push({ id: all.length, city: cities[number % 2] ?? '', at });
              }
              world.clock += minutes * 60_000;
              world.timeLeftMs = requests * 1_000;
              sent = 0;
              ({ fault } = next);
              await world.fetch().catch(() => undefined);
              expectNothingLost(world, all);
            }
            fault = undefined;
            world.clock += 600_000;
            for (let count = 0; count < 8; count += 1) {
              world.timeLeftMs = 1_000_000;
              await world.fetch();
              world.clock += 1_000;
            }
            expectNothingLost(world, all);
            expect([...landed(world)].toSorted((one, other) => one - other)).to.deep.equal(
              all.map(({ id }) => id),
            );
          },
        ),
        { numRuns: 30 },
      );
    });
  }
});
