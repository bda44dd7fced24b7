import { CatchwaterError } from '../../pipeline/errors.ts';
import type { Building } from '../../pipeline/ledger/items.ts';
import { readLease } from '../../pipeline/ledger/lease.ts';
import { countWaiting } from '../../pipeline/ledger/reload-objects.ts';
import { readTable } from '../../pipeline/ledger/tables.ts';
import type { Feeding } from '../../pipeline/table/feeding-of.ts';
import { count } from '../figures.ts';
import type { MakeDeps } from './make-anew.ts';

const pauseMs = 3000;
/** From then on the dispatcher slows its attempts: nobody should sit and watch. */
const mostDeadLoads = 3;

export interface Awaited {
  table: string;
  generation: number;
  feeding: Feeding;
}

/** Until queries read the new generation; what it has come to is told on the way. Throws when it comes to nothing. */
export async function awaitGeneration(
  { table, generation, feeding }: Awaited,
  { ledger, sleep, onProgress }: MakeDeps,
): Promise<{ rows: number }> {
  let said = '';
  for (;;) {
    const now = await readTable(ledger, table);
    if (now?.generation === generation) return { rows: now.made?.rows ?? 0 };
    const { building } = now ?? {};
    if (building?.generation !== generation) {
      throw new CatchwaterError(
        `generation ${generation} of the table ${table} is no longer being made: somebody has begun another one in its place`,
      );
    }
    await refuseStandstill(table, building);
    const words = await describe(building);
    if (words !== said) onProgress(`${table}: ${words}`);
    said = words;
    await sleep(pauseMs);
  }

  async function refuseStandstill(name: string, { fault }: Building): Promise<void> {
    if (fault !== undefined) {
      throw new CatchwaterError(
        `the new generation of ${name} is at fault, queries still read the one before: ${fault}\nRun the command again to make another one.`,
      );
    }
    const { dead_loads: dead } = await readLease(ledger);
    if (dead.length < mostDeadLoads) return;
    throw new CatchwaterError(
      `${dead.length} loads in a row have died, the last one is ${dead.at(-1)}; queries still read the generation before. The dispatcher goes on trying: mend the cause, then run the command again to watch`,
    );
  }

  async function describe({ rebuilt, rows, after, counted }: Building): Promise<string> {
    if (rebuilt) return `${count(rows, 'row')} loaded, checking the files`;
    if (counted === undefined) return 'waiting for the first load';
    const waiting = await countWaiting(ledger, { resources: feeding.resources, after });
    return `${count(rows, 'row')} loaded, ${count(waiting, 'raw object')} to go`;
  }
}
