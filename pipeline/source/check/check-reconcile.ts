/** A complete listing brings all there is, in one window: what would leave something out is refused. */
import { readBefore } from '../compile/compile-incremental.ts';
import { parseDuration } from '../duration.ts';
import type { Report } from '../report.ts';
import type { ResourcePart } from '../schema/source-schema.ts';
import type { Elements } from '../slices/read-slices.ts';
import { requestPlaceholders } from './placeholders-in.ts';

/** `broken`: keys that are there, but in no form to be checked. Reports start at the resource. */
export function checkReconcile(
  resource: Partial<ResourcePart>,
  { broken }: { broken: ReadonlySet<string> },
  report: Report,
): void {
  const { reconcile, every, primary_key: key, incremental } = resource;
  if (!reconcile) return;
  const length = parseDuration(reconcile.every) ?? 0;
  if (length < 60_000)
    report(['reconcile', 'every'], `'${reconcile.every}': the shortest time between two listings is PT1M`);
  else if (every !== undefined && every !== 'once' && length < (parseDuration(every) ?? 0))
    report(
      ['reconcile', 'every'],
      `'${reconcile.every}' is shorter than every: ${every}, and nothing is fetched in between: write ${every} or more`,
    );
  if (key === undefined && !broken.has('primary_key'))
    report(['reconcile'], 'which stored rows does a listing bring again? Add a primary_key', { on: 'key' });
  for (const name of ['step', 'end_value', 'api_retention'] as const) {
    if (incremental?.[name] !== undefined) report(['incremental', name], narrowing[name], { on: 'key' });
  }
  if (!reconcile.delete_missing) return;
  for (const { path, why, remedy } of omissions(resource))
    report(path, `${why}, and reconcile would delete them: ${remedy}`);
  if (incremental?.row_order !== 'desc') return;
  // The cursor does not pass the time at which the listing began: what changes after it is asked for next.
  const message =
    'newest change first: a row that changes while pages are read moves past those that are left, and is gone until the next fetch brings it; list by creation where the API can';
  report(['incremental', 'row_order'], message, { severity: 'warning' });
}

const narrowing = {
  step: 'reconcile lists everything in one window, from initial_value to now: leave out one of the two',
  end_value: 'reconcile lists everything up to now, also what came after end_value: leave out one of the two',
  api_retention:
    'reconcile lists everything, and what this API no longer knows would seem to have vanished: leave out one of the two',
};

interface Omission {
  path: string[];
  why: string;
  remedy: string;
}

/** Rows that a listing from the beginning would not bring although they are there. */
function* omissions({ incremental, endpoint }: Partial<ResourcePart>): Generator<Omission> {
  if (!incremental) return;
  const { initial_value: initial, cursor_type: type } = incremental;
  if (type === 'time' && typeof initial === 'string' && readBefore(initial))
    yield {
      path: ['incremental', 'initial_value'],
      why: `a listing that begins ${initial.slice(1)} before it is made leaves out older rows`,
      remedy: 'write the time from which on all rows are wanted, such as 2024-01-01',
    };
  const sendsEnd = (endpoint ? requestPlaceholders(endpoint) : []).some(
    ({ variable, field }) => variable === 'incremental' && field === 'end_value',
  );
  if (sendsEnd)
    yield {
      path: ['endpoint'],
      why: 'with {incremental.end_value} a listing leaves out rows that change while it is made',
      remedy: 'leave it out of the request',
    };
}

/**
 * The records of a parent say which elements are listed: none of them may be missing either. Of resources without a fault
 * of their own; reports start at the file.
 */
export function checkListedParents(
  resources: readonly ResourcePart[],
  elements: readonly Elements[],
  report: Report,
): void {
  const parentOf = (resource: ResourcePart): ResourcePart | undefined => {
    const name = elements[resources.indexOf(resource)]?.parent?.resource;
    return resources.find((other) => other.name === name);
  };
  for (const [index, resource] of resources.entries()) {
    if (resource.reconcile?.delete_missing !== true) continue;
    for (let above = parentOf(resource); above; above = parentOf(above)) {
      const key = (['step', 'end_value', 'api_retention'] as const).find(
        (name) => above?.incremental?.[name] !== undefined,
      );
      const why = key === undefined ? [...omissions(above)][0]?.why : `its ${key} leaves out records`;
      if (why === undefined) continue;
      const message = `the elements here are the records of '${above.name}': ${why}, and what belongs to them would be deleted; write delete_missing: false`;
      report(['resources', index, 'reconcile', 'delete_missing'], message);
      break;
    }
  }
}
