/** A dispatcher and an engine that dies over certain objects. */
import { expect } from 'chai';
import type { ObjectItem } from '../../pipeline/ledger/items.ts';
import { dispatchScene, minute, weatherAndCities, type DispatchScene } from './dispatch-scene.ts';
import type { Gate } from './fake-aws.ts';
import { rowsPerObject } from './fake-engine.ts';
import { GenerationEngine } from './generation-engine.ts';

export type PoisonScene = ReturnType<typeof poisonScene>;

/** A run takes as long, whether it dies or not. */
export const runMs = 2 * minute;

export function poisonScene(
  options: Parameters<typeof dispatchScene>[0] & {
    /** What a load that dies has written, of all it had in hand. */
    hasWritten?: (key: string) => boolean;
  } = {},
) {
  const aws: DispatchScene = dispatchScene(options);
  const engine = new GenerationEngine(aws);
  const start = aws.clock;
  const scene = {
    aws,
    engine,
    /** A window of as many objects, whose keys are given back. */
    land(objects: number, resource = 'weather', hour = 10): string[] {
      const at = new Date(Date.UTC(2026, 10, 21, hour)).toISOString();
      aws.land(resource, at, objects);
      const item = aws.dynamo.items.get(JSON.stringify([`FETCH#${resource}#all`, `AT#${at}`]));
      const landed = (item?.['objects'] ?? []) as { key: string }[];
      return landed.map(({ key }) => key);
    },
    wake: (gate?: Gate): Promise<void> => aws.wake(weatherAndCities, {}, gate),
    /** The run that is active ends. */
    async run(): Promise<boolean> {
      const run = aws.activeRun();
      if (!run) return false;
      aws.clock += runMs;
      await engine.run(run, options.hasWritten);
      return true;
    },
    /** Until nothing waits; where the circuit breaker pauses, until it does no more. */
    async settle(): Promise<void> {
      for (let quiet = 0; quiet < 3;) {
        await scene.wake();
        if (await scene.run()) {
          quiet = 0;
          continue;
        }
        if (!aws.objectStates().includes('pending')) quiet += 1;
        const { not_before: fresh = '', retry_not_before: retry = '' } = aws.lease() ?? {};
        const opens = [fresh, retry].map((time) => Date.parse(time)).filter((time) => time > aws.clock);
        aws.clock = opens.length > 0 ? Math.min(...opens) : aws.clock + minute;
      }
    },
    minutes: (): number => Math.round((aws.clock - start) / minute),
    dead: () => aws.loads().filter(({ state }) => state === 'failed'),
    quarantined: (): string[] => keysOf(aws.rawObjects().filter(({ state }) => state === 'quarantined')),
    done: (): string[] => keysOf(aws.rawObjects().filter(({ state }) => state === 'done')),
    /** Rows, as the receipts of all loads tell it. */
    told: (): number =>
      aws
        .loads()
        .flatMap(({ receipt }) => receipt ?? [])
        .reduce((sum, { inserted, recovered, removed }) => sum + inserted + recovered - removed, 0),
  };
  return scene;
}

const keysOf = (objects: readonly ObjectItem[]): string[] => sorted(objects.map(({ key }) => key));

export const sorted = (keys: Iterable<string>): string[] =>
  [...keys].toSorted((one, other) => (one < other ? -1 : 1));

export function poison(scene: PoisonScene, keys: Iterable<string>): void {
  for (const key of keys) scene.engine.poisoned.add(key);
}

/** All others are loaded, once, and what the loads tell is what the files hold. */
export function expectOutcome(scene: PoisonScene, landed: readonly string[]): void {
  const { poisoned } = scene.engine;
  const healthy = landed.filter((key) => !poisoned.has(key));
  expect(scene.quarantined(), 'in quarantine').to.deep.equal(sorted(poisoned));
  expect(scene.done(), 'done').to.deep.equal(sorted(healthy));
  const named = scene.aws.logs.filter(({ event }) => event === 'object quarantined').map(({ key }) => key);
  expect(sorted(new Set(named as string[])), 'named').to.deep.equal(sorted(poisoned));
  const parsed = scene.aws.loads().reduce((sum, { receipt }) => sum + (receipt?.rowsParsed ?? 0), 0);
  expect(parsed, 'rows parsed, over all loads').to.equal(healthy.length * rowsPerObject);
  const dead = scene.dead().map(({ load }) => load);
  expect(scene.told(), 'rows, as the loads tell it').to.equal(scene.engine.counted(dead).committed);
  expect(scene.aws.lease()?.load, 'the lease').to.equal(undefined);
}
