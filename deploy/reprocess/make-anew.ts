import { ConfigError } from '../../pipeline/errors.ts';
import { beginGeneration } from '../../pipeline/ledger/generations.ts';
import type { TableItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { reopenObjects } from '../../pipeline/ledger/reload-objects.ts';
import { readTable } from '../../pipeline/ledger/tables.ts';
import { count } from '../figures.ts';
import { awaitGeneration } from './await-generation.ts';
import type { Planned } from './plan-reprocess.ts';

export interface MakeDeps {
  ledger: Ledger;
  now: () => Date;
  sleep: (ms: number) => Promise<void>;
  onProgress: (line: string) => void;
}

export interface MadeTable {
  table: string;
  generation: number;
  folder: string;
  objects: number;
  rows: number;
}

/**
 * Does what was planned, and waits for it. All tables begin before the first object is read again: so one load may fill
 * several. Interrupted, the dispatcher goes on by itself.
 */
export async function makeAnew(planned: readonly Planned[], deps: MakeDeps): Promise<MadeTable[]> {
  const begun: { planned: Planned; item: TableItem }[] = [];
  for (const one of planned) begun.push({ planned: one, item: await begin(one, deps) });
  for (const { planned: one, item } of begun) await reopen(one, item, deps);
  const made: MadeTable[] = [];
  for (const { plan, feeding } of planned) {
    const { table, folder, objects } = plan;
    const [, generation] = plan.generation;
    const { rows } = await awaitGeneration({ table, generation, feeding }, deps);
    made.push({ table, generation, folder, objects, rows });
  }
  return made;
}

/** A plan that was made before a deployment is as good after it, unless somebody else has made the table anew since. */
export async function planStillHolds(planned: Planned, ledger: Ledger): Promise<Planned> {
  const { seen } = planned;
  const now = await readTable(ledger, seen.name);
  if (now?.generation === seen.generation && now?.building?.generation === seen.building?.generation) {
    return { ...planned, seen: now ?? seen };
  }
  throw new ConfigError(
    `the ledger has moved since the plan: somebody has begun to make the table ${seen.name} anew; look again: catchwater reprocess --table ${seen.name}`,
  );
}

async function begin({ plan, seen, feeding }: Planned, deps: MakeDeps): Promise<TableItem> {
  const { ledger, now, onProgress } = deps;
  if (plan.underWay) return seen;
  const { spec } = feeding;
  const item = await beginGeneration(ledger, { seen, spec, objects: plan.objects, now: now() });
  onProgress(`${plan.table}: what is loaded from now on goes to ${plan.folder}`);
  return item;
}

async function reopen({ plan, feeding }: Planned, item: TableItem, deps: MakeDeps): Promise<void> {
  const { ledger, now, onProgress } = deps;
  const { building } = item;
  if (!building || building.rebuilt) return;
  const reload = { resources: feeding.resources, after: building.after };
  let said = 0;
  const { reopened, waiting } = await reopenObjects(ledger, reload, {
    now,
    onProgress: (state) => {
      if (state.objects < said + 10_000) return;
      said = state.objects;
      onProgress(
        `${plan.table}: ${count(state.objects, 'raw object')} of ${plan.objects.toLocaleString('en')}`,
      );
    },
  });
  onProgress(
    `${plan.table}: ${count(reopened, 'raw object')} put back on the list, ${waiting.toLocaleString('en')} to be loaded again`,
  );
}
