/** A table that is loaded, and then made anew by days where it was by hours. */
import { beginGeneration } from '../../pipeline/ledger/generations.ts';
import type { TableItem } from '../../pipeline/ledger/items.ts';
import { reopenObjects } from '../../pipeline/ledger/reload-objects.ts';
import { readTable } from '../../pipeline/ledger/tables.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import type { TableSpec } from '../../pipeline/table/table-spec.ts';
import { dispatchScene, minute, type DispatchScene } from './dispatch-scene.ts';
import type { Gate } from './fake-aws.ts';
import { GenerationEngine } from './generation-engine.ts';
import { compiledSource } from './load-samples.ts';

export const byHour = compiledSource([['weather', 'hour']]);
export const byDay = compiledSource([['weather', 'day']]);

export type GenerationScene = ReturnType<typeof generationScene>;

export function specOf(source: CompiledSource): TableSpec {
  const [resource] = source.resources;
  if (!resource) throw new Error('a source has a resource');
  return resource.table;
}

export function generationScene(options: Parameters<typeof dispatchScene>[0] = {}) {
  const aws: DispatchScene = dispatchScene(options);
  const engine = new GenerationEngine(aws);
  const ledger = aws.deps().ledger;
  const now = () => new Date((aws.clock += 1));
  const faults: string[] = [];
  /** At the moment of the switch: queries lose no row that they saw before. */
  const expectWhole = (): void => {
    const folders = [...engine.files.keys()].map((key) => key.split('/')[0] ?? '');
    const held = new Set([...engine.heldIn(scene.place()?.split('/').at(-2) ?? ''), ...scene.accused()]);
    const lost = [...new Set(folders)]
      .flatMap((folder) => engine.heldIn(folder))
      .filter((key) => !held.has(key));
    if (lost.length > 0) faults.push(`queries were switched to files without ${lost.join(', ')}`);
  };
  const scene = {
    aws,
    engine,
    ledger,
    table: async (): Promise<TableItem> => {
      const item = await readTable(ledger, 'weather');
      if (!item) throw new Error('the table is not there');
      return item;
    },
    /** Wake-ups and a healthy engine, until a round has nothing to do. */
    async settle(source: CompiledSource, rounds = 8): Promise<void> {
      for (let round = 0; round < rounds; round += 1) {
        aws.clock += minute;
        await scene.wake(source);
        const run = aws.activeRun();
        if (run) await engine.succeed(run);
      }
    },
    /** What the command writes first. */
    async begin(source = byDay): Promise<TableItem> {
      const spec = specOf(source);
      return beginGeneration(ledger, { seen: await scene.table(), spec, objects: 4, now: now() });
    },
    /** And what it does then, which the dispatcher can do as well. */
    async reopen(): Promise<{ reopened: number; waiting: number }> {
      const { building } = await scene.table();
      if (!building) throw new Error('nothing is building');
      return reopenObjects(ledger, { resources: ['weather'], after: building.after }, { now });
    },
    place: (): string | undefined => aws.tables.get('weather')?.StorageDescriptor?.Location,
    async wake(source: CompiledSource, gate: Gate = (_, effect) => effect()): Promise<void> {
      await aws.wake(source, {}, async (call, effect) => {
        const before = scene.place();
        const answer = await gate(call, effect);
        if (before !== undefined && scene.place() !== before) expectWhole();
        return answer;
      });
      if (faults.length > 0) throw new Error(faults.join('; '));
    },
    /** Objects that went to quarantine: an engine that dies by chance may have died over one alone, three times. */
    accused: (): Set<string> =>
      new Set(aws.logs.filter(({ event }) => event === 'object quarantined').map(({ key }) => key as string)),
    landed: (): string[] =>
      [...aws.dynamo.items.values()]
        .filter(({ pk }) => pk.startsWith('FETCH#'))
        .flatMap((item) => item['objects'] as { key: string }[])
        .map(({ key }) => key)
        .toSorted((one, other) => (one < other ? -1 : 1)),
  };
  return scene;
}

/** Two windows of two objects each are loaded, by hours. */
export async function loadedScene(
  options: Parameters<typeof dispatchScene>[0] = {},
): Promise<GenerationScene> {
  const scene = generationScene(options);
  scene.aws.land('weather', '2026-11-21T09:00:00Z', 2);
  scene.aws.land('weather', '2026-11-21T10:00:00Z', 2);
  await scene.settle(byHour);
  return scene;
}
