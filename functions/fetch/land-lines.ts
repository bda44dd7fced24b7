import type { LandedObject } from '../../pipeline/ledger/items.ts';
import { rawObjectKey } from '../../pipeline/raw-object.ts';
import type { TakenWindow } from '../../pipeline/ledger/window.ts';
import type { FetchDeps } from './deps.ts';
import { writeObject, type ObjectWriter } from './write-object.ts';

/** The raw objects of one window, filled one after another. */
export interface Landing {
  /** Lines of one response, next to each other in one object unless it is full. May be called by many at once. */
  write(lines: Iterable<Buffer>): Promise<void>;
  /** Every object of the window, stored. */
  finish(): Promise<LandedObject[]>;
  abort(): Promise<void>;
}

/** Text from which on the next object begins: gzip cannot be split, and an engine's task reads whole objects (law 12). */
const rotationBytes = 64 * 2 ** 20;

export function landLines(
  window: TakenWindow,
  { s3, stagingBucket }: Pick<FetchDeps, 's3' | 'stagingBucket'>,
  { maxBytes = rotationBytes, partBytes }: { maxBytes?: number; partBytes?: number } = {},
): Landing {
  const landed: LandedObject[] = [];
  let part = 0;
  let open: ObjectWriter | undefined;
  let tail: Promise<unknown> = Promise.resolve();

  /** One at a time; what comes after a failure fails with it. */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = tail.then(work);
    tail = turn;
    // Whoever waits for this turn is told; the chain itself has no listener.
    turn.catch(() => undefined);
    return turn;
  };

  const openNext = (): ObjectWriter => {
    const { resource, slice, attempt, holder } = window;
    const scheduledAt = new Date(window.scheduledAt);
    const key = rawObjectKey({ resource, slice, scheduledAt, attempt, part });
    part += 1;
    return writeObject(s3, { bucket: stagingBucket, key, holder, ...(partBytes && { partBytes }) });
  };

  const closeOpen = async (): Promise<void> => {
    if (!open) return;
    landed.push(await open.close());
    open = undefined;
  };

  return {
    write: (lines) =>
      inTurn(async () => {
        for (const line of lines) {
          open ??= openNext();
          await open.write(line);
          if (open.textBytes() >= maxBytes) await closeOpen();
        }
      }),
    finish: () =>
      inTurn(async () => {
        await closeOpen();
        return landed;
      }),
    abort: async () => {
      await tail.catch(() => undefined);
      await open?.abort();
    },
  };
}
