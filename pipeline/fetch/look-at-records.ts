import type { BodyForm } from '../body/body-form.ts';
import { watchRecords, type RecordWatch } from '../incremental/watch-records.ts';
import type { Window } from '../incremental/windows.ts';
import type { Run } from './run.ts';
import type { Unit } from './unit.ts';

/** What is taken from a body, and what its records are looked at for. */
export function lookAtRecords(
  { window }: Unit,
  { resource, form, onRecord, isListing }: Run,
  maxPieceBytes: number,
): { form: BodyForm; watch: RecordWatch | undefined } {
  const seenThrough = window && isListing ? withoutEnd(window) : window;
  const watch = seenThrough && resource.incremental && watchRecords(resource.incremental, seenThrough);
  const keep = watch?.keep;
  const seen = watch?.onRecord;
  const look =
    onRecord && seen
      ? (record: unknown): void => {
          seen(record);
          if (!keep || keep(record)) onRecord(record);
        }
      : (seen ?? onRecord);
  return { form: { ...form, maxPieceBytes, ...(keep && { keep }), ...(look && { onRecord: look }) }, watch };
}

/** What changes while everything is listed is there too: left out, it would count as vanished. */
function withoutEnd({ start, isLast, values }: Window): Window {
  return { start, isLast, values };
}
