import type { JobRun } from '@aws-sdk/client-glue';
import { expect } from 'chai';
import * as fc from 'fast-check';
import type { FetchItem, LoadItem } from '../../../pipeline/ledger/items.ts';
import type { ReceiptDocument } from '../../../pipeline/receipt-document.ts';
import {
  dispatchScene,
  marked,
  minute,
  weatherAndCities,
  type DispatchScene,
} from '../../support/dispatch-scene.ts';
import type { Gate } from '../../support/fake-aws.ts';
import { interleave, KilledError } from '../../support/interleave.ts';
import { parquetFile } from '../../support/parquet-file.ts';

const source = marked(weatherAndCities, { relists: true });

/** Healthy wake-ups and a healthy engine, hours apart, until nothing is left to do. */
async function finish(aws: DispatchScene): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    aws.clock += 360 * minute;
    await aws.wake(source);
    const run = aws.activeRun();
    if (run) await aws.succeed(run);
  }
}

type Engine = 'runs on' | 'succeeds' | 'is overwritten' | 'dies' | 'leaves no report';

/** The active run succeeds, and then somebody else replaces one of its files. */
async function overwrite(aws: DispatchScene, run: JobRun): Promise<void> {
  await aws.succeed(run);
  const { tables } = (await aws.manifestOf(run)).header;
  const key = [...aws.objects.keys()].find((name) => name.startsWith(`${tables[0]?.name}/`));
  if (key !== undefined) aws.objects.set(key, parquetFile(999_999));
}

/** The engine, while wake-ups come and go. */
async function runEngine(aws: DispatchScene, engine: Engine, gate: Gate): Promise<void> {
  for (let step = 0; step < 10; step += 1) {
    await gate('engine', async () => {
      const run = aws.activeRun();
      if (run && engine === 'succeeds') await aws.succeed(run);
      if (run && engine === 'is overwritten') await overwrite(aws, run);
      if (run && engine === 'dies') aws.die(run);
      if (run && engine === 'leaves no report') run.JobRunState = 'SUCCEEDED';
    });
  }
}

/** What must be true in the end, whatever happened on the way. */
async function expectOrder(aws: DispatchScene): Promise<void> {
  const loads = aws.loads();
  const closed = new Set(loads.filter(({ state }) => state === 'closed').map(({ load }) => load));
  expect(loads.every(({ state }) => state === 'closed' || state === 'failed')).to.equal(true);
  expect(new Set(loads.map(({ token }) => token)).size, 'a token of its own for each load').to.equal(
    loads.length,
  );
  expect(aws.lease()?.load, 'the lease').to.equal(undefined);
  expect(
    [...aws.dynamo.items.values()].filter(({ work }) => work !== undefined && work !== 'quarantine'),
    'open work',
  ).to.deep.equal([]);

  for (const load of loads) expectReceipt(aws, load);

  const started = aws.runs.map(({ Arguments }) => Arguments?.['--manifest']);
  expect(new Set(started).size, 'one run for each load').to.equal(started.length);

  const committedIn = new Map<string, string>();
  const diedIn = new Map<string, number>();
  const swept: string[] = [];
  for (const run of aws.runs.toReversed()) {
    const { header, objects } = await aws.manifestOf(run);
    const sweeps = Object.entries(header.marks ?? {}).filter(([, { sweep }]) => sweep);
    if (closed.has(header.load)) swept.push(...sweeps.map(([table, { at }]) => `${table} ${at}`));
    for (const { key, table } of objects) {
      if (committedIn.has(key))
        expect(
          sweeps.map(([name]) => name),
          'read again',
        ).to.include(table);
      else if (closed.has(header.load)) committedIn.set(key, header.load);
      else diedIn.set(key, (diedIn.get(key) ?? 0) + 1);
    }
  }
  const windows = [...aws.dynamo.items.values()].filter(({ pk }) =>
    pk.startsWith('FETCH#'),
  ) as unknown as FetchItem[];
  const landed = windows.flatMap(({ objects = [] }) => objects.map(({ key }) => key));
  expect(
    aws.rawObjects().map(({ key }) => key),
    'what landed is registered',
  ).to.have.members(landed);
  const named = aws.logs.filter(({ event }) => event === 'object quarantined');
  const accused = new Set(named.map(({ key }) => key as string));
  for (const { key, state, load, attempts } of aws.rawObjects()) {
    expect(attempts, `${key}: dead loads`).to.equal(diedIn.get(key) ?? 0);
    // An engine that dies by chance may have died over one object alone, three times.
    expect(state, key).to.equal(accused.has(key) ? 'quarantined' : 'done');
    expect(committedIn.get(key), `${key} is committed once`).to.equal(load);
    if (accused.has(key)) expect(attempts, key).to.be.greaterThan(2);
  }
  expect(new Set(swept).size, 'each mark is swept once').to.equal(swept.length);
  const marks = new Map<string, string>();
  for (const { resource, complete_from: from, objects = [] } of windows) {
    if (from === undefined || objects.length === 0 || objects.some(({ key }) => accused.has(key))) continue;
    if (from > (marks.get(resource) ?? '')) marks.set(resource, from);
  }
  for (const name of ['weather', 'cities']) {
    expect(aws.table(name)?.mark, `the mark of ${name}`).to.equal(marks.get(name));
    expect(aws.table(name)?.sweep, `the sweep of ${name}`).to.equal(undefined);
  }
  const announced = aws.events.map(({ Detail }) => (JSON.parse(Detail ?? '') as { load: string }).load);
  expect(announced, 'events of committed loads').to.include.members([...closed]);
  expect([...closed]).to.include.members(announced);
}

/** What people read of a load is what the ledger has decided, whoever was killed on the way. */
function expectReceipt(aws: DispatchScene, { load, state, receipt }: LoadItem): void {
  const stored = aws.objects.get(`loads/${load}/receipt.json`);
  const document = stored && (JSON.parse(String(stored)) as ReceiptDocument);
  expect(receipt?.balanced ?? false, `the receipt of ${load}`).to.equal(state === 'closed');
  if (state === 'closed') expect(receipt?.checked, 'files checked').to.equal(receipt?.files);
  // Nothing is known of what a dead run has done.
  if (!receipt && !stored) return;
  expect(document, `the receipt of ${load} for people`).to.deep.include({ load, ...receipt });
}

const scenes: [string, (aws: DispatchScene) => Promise<void>][] = [
  ['registering and starting', async () => undefined],
  ['committing', async (aws) => begin(aws, (run) => aws.succeed(run))],
  ['failing', async (aws) => begin(aws, async (run) => aws.die(run))],
  ['finding a fault', async (aws) => begin(aws, (run) => overwrite(aws, run))],
  [
    'sweeping',
    async (aws) => {
      await begin(aws, (run) => aws.succeed(run));
      await begin(aws, (run) => aws.succeed(run));
    },
  ],
];

async function begin(
  aws: DispatchScene,
  end: (run: DispatchScene['runs'][number]) => Promise<void>,
): Promise<void> {
  await aws.wake(source);
  const run = aws.activeRun();
  if (run) await end(run);
  aws.land('weather', '2026-11-21T11:00:00Z', 2);
}

async function stage(prepare: (aws: DispatchScene) => Promise<void>): Promise<DispatchScene> {
  const aws = dispatchScene();
  aws.list('weather', '2026-11-21T10:00:00Z', 3);
  aws.land('cities', '2026-11-21T10:00:00Z', 1);
  await prepare(aws);
  return aws;
}

/** A gate that does something before the call of this number, counted from 1; `reached` says whether there was one. */
function before(call: number, act: () => Promise<void>): { gate: Gate; reached: () => boolean } {
  let calls = 0;
  const gate: Gate = async (_, effect) => {
    calls += 1;
    if (calls === call) await act();
    return effect();
  };
  return { gate, reached: () => calls >= call };
}

function killedAt(command: string): Gate {
  return async (call, effect) => {
    const answer = await effect();
    if (call === command) throw new KilledError();
    return answer;
  };
}

for (const [what, prepare] of scenes) {
  describe(`a wake-up that is ${what}`, () => {
    it('may be killed after any of its calls', async () => {
      for (let killedAfter = 1; ; killedAfter += 1) {
        const aws = await stage(prepare);
        const run = (gate: Gate): Promise<void> => aws.wake(source, {}, gate);
        const { killed } = await interleave([{ killedAfter, run }], () => 0);
        await finish(aws);
        await expectOrder(aws);
        if (killed > 0) continue;
        expect(killedAfter, 'calls').to.be.greaterThan(30);
        break;
      }
    });

    const others: [string, Gate][] = [
      ['another', (_, effect) => effect()],
      ['one that is killed when it has started the run', killedAt('StartJobRunCommand')],
    ];
    for (const [who, otherGate] of others) {
      it(`may be overtaken by ${who}, before any of its calls`, async () => {
        for (let call = 1; ; call += 1) {
          const aws = await stage(prepare);
          const other = (): Promise<void> =>
            aws.wake(source, {}, otherGate).catch((error: unknown) => {
              if (!(error instanceof KilledError)) throw error;
            });
          const { gate, reached } = before(call, other);
          await aws.wake(source, {}, gate);
          await finish(aws);
          await expectOrder(aws);
          if (reached()) continue;
          expect(call, 'calls').to.be.greaterThan(20);
          break;
        }
      });
    }
  }).timeout(10_000);
}

describe('wake-ups at the same time', () => {
  const round = fc.record({
    lands: fc.option(
      fc.record({
        resource: fc.constantFrom('weather', 'cities'),
        objects: fc.integer({ min: 0, max: 4 }),
        how: fc.constantFrom('land' as const, 'list' as const),
      }),
      {
        nil: undefined,
      },
    ),
    wakeUps: fc.array(
      fc.record({ killedAfter: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 2 }) }),
      { minLength: 1, maxLength: 3 },
    ),
    engine: fc.constantFrom<Engine[]>(
      'runs on',
      'succeeds',
      'succeeds',
      'is overwritten',
      'dies',
      'leaves no report',
    ),
    minutes: fc.constantFrom(1, 1, 20, 400),
  });

  it('load every object once, one load at a time, one run per load', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(round, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat(1000)),
        fc.boolean(),
        async (rounds, chance, oneRunAtATime) => {
          const next = (choices: number): number => Number(chance.next().value) % choices;
          const aws = dispatchScene({ oneRunAtATime, catchUp: (behind) => next(behind + 1) });
          let hour = 0;
          for (const { lands, wakeUps, engine, minutes } of rounds) {
            if (lands) {
              hour += 1;
              const at = `2026-11-21T${String(hour).padStart(2, '0')}:00:00Z`;
              aws[lands.how](lands.resource, at, lands.objects);
            }
            const actors = wakeUps.map(({ killedAfter }) => ({
              killedAfter,
              run: (gate: Gate) => aws.wake(source, {}, gate),
            }));
            const glue = { killedAfter: undefined, run: (gate: Gate) => runEngine(aws, engine, gate) };
            await interleave([...actors, glue], next);
            aws.clock += minutes * minute;
          }
          await finish(aws);
          await expectOrder(aws);
        },
      ),
      { numRuns: 150 },
    );
  }).timeout(60_000);
});
