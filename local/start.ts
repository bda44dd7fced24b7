/**
 * `npm start`, `catchwater local`: the whole pipeline on this machine. Opens the stage, waits until the schedule itself
 * fires, follows the data to the query's answer, and goes on until Ctrl-C, or ends there.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { CatchwaterError } from '../pipeline/errors.ts';
import { beatMs } from './beat.ts';
import { connectLocal } from './connect-local.ts';
import { StalledError } from './errors.ts';
import { explainStall } from './explain-stall.ts';
import type { FollowDeps } from './follow-cycle.ts';
import { openStage, type Stage } from './open-stage.ts';
import { printSummary, summaryJson } from './print-summary.ts';
import { count } from '../deploy/figures.ts';
import { firstCycle, followOn } from './run-cycles.ts';
import { sumUp } from './sum-up.ts';
import { createTalk, type Talk } from './talk.ts';
import { tryNext } from './try-next.ts';

export interface LocalOptions {
  /** One full cycle, then end; so it is without a terminal on standard output, and with `json`. */
  once?: boolean | undefined;
  json?: boolean | undefined;
  fresh?: boolean | undefined;
  source?: string | undefined;
  cadence?: string | undefined;
  port?: number | undefined;
}

interface Run {
  options: LocalOptions;
  once: boolean;
  talk: Talk;
  signal: AbortSignal;
  began: number;
}

/** Answers the exit code. Whatever it has started has ended by then. */
export async function runLocal(options: LocalOptions): Promise<number> {
  const interruption = new AbortController();
  let exitCode = 0;
  const interrupt = (code: number) => () => {
    // npm and the terminal may both send it.
    if (interruption.signal.aborted) return;
    exitCode = code;
    interruption.abort(new CatchwaterError('interrupted'));
  };
  const handlers = { SIGINT: interrupt(130), SIGTERM: interrupt(143), SIGHUP: interrupt(129) };
  for (const [name, handler] of Object.entries(handlers)) process.on(name, handler);
  const talk = createTalk(process.stderr);
  const run: Run = {
    options,
    once: options.once === true || options.json === true || !process.stdout.isTTY,
    talk,
    signal: interruption.signal,
    began: Number(process.env['CATCHWATER_STARTED'] ?? performance.timeOrigin),
  };
  const resources = new AsyncDisposableStack();
  try {
    return await perform(run, resources);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    talk.say('end', 'the data stay: start again to go on with them, with --fresh to start over');
    return exitCode;
  } finally {
    talk.end();
    await resources.disposeAsync();
    for (const [name, handler] of Object.entries(handlers)) process.off(name, handler);
    // A deploy that was interrupted goes on asking an AWS that has gone: nobody waits for that.
    if (interruption.signal.aborted) setTimeout(() => process.exit(exitCode), 500).unref();
  }
}

const lookEveryMs = 400;
const defaultCadence = 'rate(1 minute)';

async function perform(run: Run, resources: AsyncDisposableStack): Promise<number> {
  const { options, once, talk, signal, began } = run;
  const cadence = options.cadence ?? defaultCadence;
  const stage = await openStage(
    {
      folder: process.cwd(),
      sourcePath: options.source,
      cadence,
      port: options.port,
      fresh: options.fresh ?? false,
    },
    { talk, signal, resources },
  );
  const clients = connectLocal(stage.deployed.outputs);
  resources.defer(() => clients.close());
  const beat = beatMs(cadence);
  const deps: FollowDeps = {
    ledger: clients.ledger,
    glue: clients.glue,
    jobName: clients.names.GlueJob,
    talk,
    pause: () => wait(lookEveryMs, undefined, { signal }),
    resources: stage.source.resources.map(({ name }) => name),
    now: () => new Date(),
    // A rate() counts from when the schedule was made; the fetcher starts some seconds later.
    beatMs: beat === undefined ? Infinity : beat + 60_000,
  };
  try {
    const cycle = await firstCycle({ source: stage.source, since: stage.since, once }, deps);
    const summary = await sumUp(cycle, { stage, clients, signal });
    const seconds = {
      setup: (stage.setUpDone.getTime() - began) / 1000,
      deploy: stage.deployed.seconds,
      endToEnd: (Date.now() - began) / 1000,
    };
    sayServed(stage, talk);
    if (options.json) process.stdout.write(`${JSON.stringify(summaryJson(summary, { stage, seconds }))}\n`);
    else process.stdout.write(printSummary(summary, { stage, seconds }));
    if (once) return cycle.failed.length > 0 || !summary.receipt.balanced ? 1 : 0;
    process.stdout.write(tryNext(stage));
    return await followOn(cycle.scheduledAt, deps);
  } catch (error) {
    if (!(error instanceof StalledError)) throw error;
    throw await explainStall(error, { stage, clients });
  }
}

/** For comparison with what the tables hold. */
function sayServed({ sampleApi }: Stage, talk: Talk): void {
  if (!sampleApi) return;
  const { requests, rows, distinct } = sampleApi.served();
  const different = `${distinct.toLocaleString('en')} different by place and hour`;
  talk.say('api', `answered ${count(requests, 'request')} with ${count(rows, 'row')}, ${different}`);
}
