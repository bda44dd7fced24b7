import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { quarantinedObjects } from '../../pipeline/ledger/quarantine.ts';

/** A raw object that has killed the engine, alone: nothing of it is in the tables. */
export interface QuarantinedObject {
  resource: string;
  key: string;
  since: string;
  error: string;
}

/** More need not be named one by one. */
const most = 1_000;

export async function readQuarantined(ledger: Ledger): Promise<QuarantinedObject[]> {
  const found: QuarantinedObject[] = [];
  for await (const { resource, key, work_at: since = '', error = '' } of quarantinedObjects(ledger)) {
    if (found.push({ resource, key, since, error }) === most) break;
  }
  return found;
}
