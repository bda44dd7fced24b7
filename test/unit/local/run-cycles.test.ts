import { expect } from 'chai';
import type { FollowDeps } from '../../../local/follow-cycle.ts';
import { firstCycle } from '../../../local/run-cycles.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import { rejection } from '../../support/rejection.ts';
import { readableLedger } from './readable-ledger.ts';

const since = new Date('2026-11-21T10:00:00Z');
const hour = 3_600_000;

function scene({ every_ms, lastCommitted }: { every_ms?: number; lastCommitted?: string }) {
  const ledger = readableLedger();
  const put = (sk: string, more: object) => ledger.put({ pk: 'FETCH#weather#all', sk, ...more });
  if (lastCommitted) put('WINDOW', { last_committed_at: lastCommitted });
  const said: string[] = [];
  const clock = since.getTime();
  const deps: FollowDeps = {
    ledger,
    resources: ['weather'],
    jobName: 'job',
    glue: { send: () => Promise.reject(new Error('no load is expected')) },
    talk: {
      say: (_step, text) => said.push(text),
      warn: (_step, text) => said.push(text),
      waiting: () => undefined,
      end: () => undefined,
    },
    now: () => new Date(clock),
    pause: () => Promise.resolve(),
    beatMs: 120_000,
  };
  const resource = { name: 'weather', ...(every_ms !== undefined && { every_ms }) };
  const source = { v: 1, name: 's', resources: [resource] } as unknown as CompiledSource;
  const fetched = (scheduled_at: string, state: string, more: object = {}) =>
    put(`AT#${scheduled_at}`, {
      resource: 'weather',
      scheduled_at,
      state,
      started_at: scheduled_at,
      ...more,
    });
  return { said, fetched, first: (once: boolean) => firstCycle({ source, since, once }, deps) };
}

describe('the first cycle of a run', () => {
  it('passes over beats that fetched nothing, on a terminal', async () => {
    const { fetched, first } = scene({});
    fetched('2026-11-21T10:01:00Z', 'failed', { error: 'down' });
    fetched('2026-11-21T10:02:00Z', 'failed', { error: 'down' });
    fetched('2026-11-21T10:03:00Z', 'committed', { objects: [] });
    expect((await first(false)).scheduledAt).to.equal('2026-11-21T10:03:00Z');
  });

  it('is given up after two such beats where it is to end by itself', async () => {
    const { fetched, first } = scene({});
    fetched('2026-11-21T10:01:00Z', 'failed', { error: 'down' });
    fetched('2026-11-21T10:02:00Z', 'failed', { error: 'still down' });
    const error = await rejection(first(true));
    expect(error).to.include({ name: 'StalledError', step: 'fetch' });
    expect(error.message).to.equal('2 beats in a row fetched nothing: still down');
  });

  it('is the last one there was while nothing is due', async () => {
    const { fetched, first, said } = scene({ every_ms: hour, lastCommitted: '2026-11-21T09:30:00Z' });
    fetched('2026-11-21T09:30:00Z', 'committed', { objects: [] });
    expect((await first(true)).scheduledAt).to.equal('2026-11-21T09:30:00Z');
    expect(said.join()).to.include('nothing is due before 2026-11-21T10:30 UTC');
  });

  it('is awaited when the source is due soon, or has no pause', async () => {
    for (const every_ms of [undefined, hour]) {
      const { fetched, first } = scene({
        lastCommitted: '2026-11-21T09:01:00Z',
        ...(every_ms && { every_ms }),
      });
      fetched('2026-11-21T10:01:00Z', 'committed', { objects: [] });
      expect((await first(true)).scheduledAt).to.equal('2026-11-21T10:01:00Z');
    }
  });
});
