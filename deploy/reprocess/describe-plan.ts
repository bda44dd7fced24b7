import { bytes, count } from '../figures.ts';
import type { ExpiredWindow } from './find-expired.ts';
import type { ReprocessPlan } from './plan-reprocess.ts';

/** Nobody reads more of a kind. */
const mostListed = 20;

/** What will be done to a table, before it is. */
export function describePlan(plan: ReprocessPlan): string {
  const { table, generation, folder, underWay, reads, changes } = plan;
  const [from, to] = generation;
  if (underWay) {
    return `${table}: generation ${to} is being made already, from ${count(plan.objects, 'raw object')}, in ${folder}`;
  }
  return [
    `${table}: generation ${to} is made in ${folder}, from the raw responses; no API is called`,
    ...reads.map(
      ({ resource, windows, objects, bytes: size }) =>
        `  reads     ${resource}: ${count(objects, 'raw object')} of ${count(windows, 'window')}, ${bytes(size)}`,
    ),
    ...(changes.length > 0 ? changes : ['its layout stays; rows are read as the source says now']).map(
      (change) => `  changes   ${change}`,
    ),
    `  queries   read generation ${from} until the new one is whole and checked; its files are deleted an hour later`,
  ].join('\n');
}

/** Why it is refused: by window, as only that can be fetched again. */
export function describeExpired(table: string, expired: readonly ExpiredWindow[]): string {
  const lines = expired
    .slice(0, mostListed)
    .map(
      ({ resource, scheduledAt, objects, missing }) =>
        `  ${resource} ${scheduledAt}: ${missing} of ${count(objects, 'raw object')}`,
    );
  const more = expired.length - mostListed;
  return [
    `the table ${table} cannot be made anew: raw objects of ${count(expired.length, 'window')} are no longer in the bucket, their rows would be gone`,
    ...lines,
    ...(more > 0 ? [`  and ${more.toLocaleString('en')} more`] : []),
    'Nothing was changed. Give the resource another name to begin a new table beside it.',
  ].join('\n');
}
