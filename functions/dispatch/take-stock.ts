import { readLease } from '../../pipeline/ledger/lease.ts';
import {
  failStock,
  firstStock,
  holdStock,
  placeAfter,
  readStock,
  stepStock,
  writeStock,
  type StockUnderWay,
} from '../../pipeline/ledger/stock.ts';
import type { StockItem } from '../../pipeline/ledger/items.ts';
import type { StockFindings } from '../../pipeline/ledger/stock-record.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { compareRange } from './compare-range.ts';
import type { DispatchDeps, DispatchSettings } from './deps.ts';
import { readRange } from './read-range.ts';

/** Of the five minutes that a wake-up has; then the next one goes on. */
const longestMs = 20_000;

/**
 * Compares the bucket with the ledger, as far as it is due and time allows: every hour what is recent, every day all of raw/.
 * It is done while no load runs: nothing that it finds could be loaded earlier. What goes wrong keeps no load from starting.
 */
export async function takeStock(
  { resources }: CompiledSource,
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<void> {
  const { ledger, now, log } = deps;
  const names = resources.map(({ name }) => name);
  const [item, lease] = [await readStock(ledger), await readLease(ledger)];
  if (!item) {
    await writeStock(ledger, firstStock(now()));
    return;
  }
  const due = holdStock(item, { now: now(), resources: names, deadLoad: lease.dead_loads.at(-1) });
  const held = due && (await writeStock(ledger, due));
  if (!held) return;
  const last = { stock: held };
  try {
    await goOn(last, names, settings, deps);
  } catch (error) {
    const reason = explain(error, settings);
    if (await writeStock(ledger, failStock(last.stock, reason, now())))
      log('stock not taken', { error: reason }, 'ERROR');
  }
}

/** Range by range, each noted when it is done; `last` is the item as it was written last. */
async function goOn(
  last: { stock: StockItem },
  names: readonly string[],
  settings: DispatchSettings,
  deps: DispatchDeps,
): Promise<void> {
  const { ledger, now, log } = deps;
  const end = now().getTime() + longestMs;
  while (isUnderWay(last.stock)) {
    const { taking } = last.stock;
    const { scope, since, place } = taking;
    const range = await readRange(place, settings, deps);
    const found = await compareRange(range, deps);
    const next = found ? (range.next ?? placeAfter(names, place.resource, taking)) : place;
    const release = !found || now().getTime() > end;
    const step = stepStock(last.stock, { found, place: next }, { now: now(), release });
    const written = await writeStock(ledger, step);
    if (!written) return;
    last.stock = written;
    const taken = written.taking ? undefined : written[scope];
    if (taken) log('stock taken', { scope, since, ...describe(taken.found) });
    if (release) return;
  }
}

function isUnderWay(stock: StockItem): stock is StockUnderWay {
  return stock.taking !== undefined;
}

function describe({ objects, registered, missing, lost, hidden, unnamed, unnamed_bytes }: StockFindings) {
  return { objects, registered, missing, lost, hidden, unnamed, unnamedBytes: unnamed_bytes };
}

function explain(error: unknown, { stagingBucket }: DispatchSettings): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name !== 'AccessDenied') return error.message;
  return `${error.message}; the dispatch function's role needs s3:ListBucketVersions on ${stagingBucket}: deploy again`;
}
