/** Windows of one resource, held and given back at a time that a test sets. */
import {
  commitWindow,
  failWindow,
  pauseWindow,
  readFollower,
  takeWindow,
  type HoldDeps,
  type SkippedWindow,
} from '../../../pipeline/ledger/hold-window.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import {
  readWindow,
  type Failure,
  type Pause,
  type TakenWindow,
  type WindowResult,
} from '../../../pipeline/ledger/window.ts';
import { landedObject } from '../load-samples.ts';

export const first = '2026-11-21T10:05:00Z';
export const second = '2026-11-21T10:10:00Z';
export const third = '2026-11-21T10:15:00Z';
export const leaseMs = 60_000;

export const result: WindowResult = { objects: [landedObject('raw/a')], requests: 3, responses: 2 };

export const id = (scheduledAt: string) => ({ resource: 'weather', slice: 'all', scheduledAt });

export type Hold = ReturnType<typeof hold>;

export function hold(ledger: () => Ledger) {
  let clock = new Date('2026-11-21T10:15:02.000Z');
  const deps = (): HoldDeps => ({ ledger: ledger(), now: () => clock, pause: async () => undefined });
  const ask = (request: string, scheduledAt = first, everyMs?: number) =>
    takeWindow(id(scheduledAt), { everyMs, holder: { request, execution: 'x' }, leaseMs }, deps());
  return {
    ask,
    later: (ms: number) => void (clock = new Date(clock.getTime() + ms)),
    now: () => clock,
    state: (scheduledAt = first) => readWindow(ledger(), id(scheduledAt)),
    follower: () => readFollower(ledger(), id(first)),
    take: async (request: string, scheduledAt = first): Promise<TakenWindow> => {
      const answer = await ask(request, scheduledAt);
      if ('reason' in answer) throw new Error(`not taken: ${answer.reason}`);
      return answer;
    },
    refusal: async (request: string, scheduledAt = first): Promise<SkippedWindow> => {
      const answer = await ask(request, scheduledAt);
      if ('attempt' in answer) throw new Error('it was taken');
      return answer;
    },
    commit: (taken: TakenWindow, given: WindowResult = result) => commitWindow(taken, given, deps()),
    pause: (taken: TakenWindow, given: Pause) => pauseWindow(taken, given, deps()),
    fail: (taken: TakenWindow, given: Failure) => failWindow(taken, given, deps()),
  };
}
