import type { LandedObject } from '../../pipeline/ledger/items.ts';
import { rawObjectKey } from '../../pipeline/raw-object.ts';
import type { TakenWindow } from '../../pipeline/ledger/window.ts';
import type { FetchDeps } from './deps.ts';
import { writeObject, type ObjectWriter } from './write-object.ts';

/** Raw objects of one window, filled one after another. */
export interface RawObjects {
  /** Next to each other in one object, unless it is full. May be called by many at once. */
  write(lines: Iterable<Buffer>): Promise<void>;
  /** All of them, stored. */
  finish(): Promise<LandedObject[]>;
  abort(): Promise<void>;
}

/** Text from which on the next object begins: gzip cannot be split, and an engine's task reads whole objects (law 12). */
const rotationBytes = 64 * 2 ** 20;

interface LineLimits {
  maxBytes?: number;
  partBytes?: number;
  /** Numbers the objects of a window, where several are filled at once. */
  nextPart?: () => number;
}

export function landLines(
  window: TakenWindow,
  { s3, stagingBucket }: Pick<FetchDeps, 's3' | 'stagingBucket'>,
  { maxBytes = rotationBytes, partBytes, nextPart = countParts() }: LineLimits = {},
): RawObjects {
  const landed: LandedObject[] = [];
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
    const key = rawObjectKey({ resource, slice, scheduledAt, attempt, part: nextPart() });
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

function countParts(): () => number {
  let parts = 0;
  return () => (parts += 1) - 1;
}
