/**
 * Runs several actors at once, one call to AWS at a time, in an order that chance decides; each may be killed after so
 * many of its calls. A killed one makes no further call, as a Lambda function that was ended makes none.
 */
import type { Gate } from './fake-aws.ts';

export class KilledError extends Error {
  override name = 'KilledError';
}

export interface Actor {
  run: (gate: Gate) => Promise<void>;
  /** After this many calls; undefined: never. */
  killedAfter: number | undefined;
}

interface Running {
  waiting: (() => Promise<void>)[];
  ended: boolean;
  calls: number;
}

/** Ends when all have ended; rejects with the first failure that is not a kill. `chance(n)`: 0 to n - 1. */
export async function interleave(
  actors: readonly Actor[],
  chance: (choices: number) => number,
): Promise<{ killed: number }> {
  const failures: unknown[] = [];
  let killed = 0;
  const all = actors.map(({ run, killedAfter }): Running => {
    const running: Running = { waiting: [], ended: false, calls: 0 };
    let dead = killedAfter === 0;
    const gate: Gate = (_, effect) =>
      new Promise((resolve, reject) => {
        running.waiting.push(async () => {
          if (dead) return reject(new KilledError());
          running.calls += 1;
          dead = running.calls === killedAfter;
          await effect().then(
            (answer) => (dead ? reject(new KilledError()) : resolve(answer)),
            (error: unknown) => reject(dead ? new KilledError() : (error as Error)),
          );
        });
      });
    run(gate)
      .catch((error: unknown) => {
        if (error instanceof KilledError) killed += 1;
        else failures.push(error);
      })
      .finally(() => (running.ended = true));
    return running;
  });

  let last: Running | undefined;
  for (;;) {
    const alive = all.filter(({ ended }) => !ended);
    if (alive.length === 0) break;
    await Promise.all(alive.map(settled));
    const open = alive.filter(({ ended, waiting }) => !ended && waiting.length > 0);
    // Mostly the same one goes on: others fall far behind, which is where races hide.
    if (!last || !open.includes(last) || chance(10) < 3) last = open[chance(open.length)];
    await last?.waiting.shift()?.();
  }
  if (failures.length > 0) throw failures[0];
  return { killed };
}

/** Until the wake-up waits for a call or has ended: so that the order of calls depends on chance alone. */
async function settled(running: Running): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (!running.ended && running.waiting.length === 0);
}
