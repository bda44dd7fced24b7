/** A source on a hostile API, without AWS: the real loader and engine, a ledger in memory, a clock on which waits cost nothing. */
import { Agent } from 'undici';
import { createMemoryStore } from '../../pipeline/budget/memory-store.ts';
import { fetchInMemory, type MemoryFetch, type MemoryObjects } from '../../pipeline/fetch/fetch-in-memory.ts';
import { InterruptedFetch } from '../../pipeline/fetch/interrupted-fetch.ts';
import type { Position } from '../../pipeline/fetch/task.ts';
import { createTokenCache } from '../../pipeline/http/auth/token-cache.ts';
import { HttpError } from '../../pipeline/http/http-error.ts';
import { sendThrough } from '../../pipeline/http/send-request.ts';
import type { ResourceState } from '../../pipeline/ledger/resource-state.ts';
import type { CompiledResource, CompiledSource } from '../../pipeline/source/source.ts';
import type { HostileApi } from './api-server.ts';
import type { Observed } from './judge.ts';
import { keepSecrets } from './kept-secrets.ts';
import { openInvocation, type Shared } from './open-invocation.ts';
import type { LandedLoad, LandedText, RowParser } from './parse-rows.ts';
import type { Fetch, Row } from './row.ts';

export interface Stage {
  fetch(fetch: Fetch): Promise<Observed>;
  close(): Promise<void>;
}

interface Setting {
  api: HostileApi;
  parser: RowParser;
  secrets?: Record<string, string> | undefined;
  kind?: Row['kind'];
}

/** What the ledger would keep of a resource. */
interface Kept {
  state: ResourceState;
  paused?: { position: Position; scheduledAt: string } | undefined;
}

const begin = Date.parse('2026-11-21T10:05:00Z');
const hour = 3_600_000;

export function openStage(
  source: CompiledSource,
  { api, parser, secrets = {}, kind = 'live' }: Setting,
): Stage {
  const agent = new Agent({ connections: source.client.concurrency, headersTimeout: 0, bodyTimeout: 0 });
  const values = new Map(Object.entries(secrets));
  const shared: Shared = {
    client: source.client,
    send: sendThrough(agent),
    secrets: keepSecrets(values),
    tokens: createTokenCache(),
    budgets: createMemoryStore(),
    kind,
  };
  const objects: MemoryObjects = new Map();
  const resources = new Map<string, Kept>();
  const tables = new Map<string, LandedLoad[]>();
  let fetches = 0;

  const run = async (wanted: Fetch): Promise<Observed> => {
    const resource = resourceOf(source, wanted.resource);
    const kept = resources.get(resource.name) ?? { state: { cursors: {} } };
    resources.set(resource.name, kept);
    const begun = wanted.at === undefined ? begin + fetches * hour : Date.parse(wanted.at);
    fetches += 1;
    const invocation = openInvocation(shared, begun, wanted.timeLeftMs ?? 300_000);
    const asked = api.questions.length;
    const strangers = api.strangerAsked();
    const scheduledAt = kept.paused?.scheduledAt ?? new Date(begun).toISOString().replace(/\.\d+Z$/, 'Z');
    const { state } = kept;
    const task = {
      resource,
      resources: source.resources,
      scheduledAt,
      state,
      resume: kept.paused?.position,
    };
    const tried = await tryTo(() => fetchInMemory(task, invocation.ports, objects));
    await invocation.ports.budget?.release();
    remember(kept, tried, scheduledAt);
    const { outcome } = tried;
    const lines = tried.lines.map((line) => line.toString());
    const landed = lines.length > 0 ? [{ object: `raw/${resource.name}/${fetches}`, lines }] : [];
    const parsed = await parser.parse(resource.table, landed);
    const earlier = tables.get(resource.table.name) ?? [];
    // A mark stays until there is a later one.
    const load = { table: resource.table, objects: landed, mark: earlier.at(-1)?.mark };
    const loads: LandedLoad[] = lines.length > 0 ? [...earlier, load] : [...earlier];
    const completeFrom = outcome?.completeFrom;
    // As the dispatcher judges it: nothing vanishes because of an empty listing, or one with rows that cannot be read.
    if (completeFrom !== undefined && parsed.rows.length > 0 && parsed.rejects.length === 0)
      loads.push({
        table: resource.table,
        objects: resource.table.relists ? landed : [],
        mark: completeFrom,
      });
    tables.set(resource.table.name, loads);
    const merged = await parser.merge(resource.table, loads);
    return {
      outcome: outcome?.kind ?? 'failed',
      reason: outcome ? (outcome.reason ?? '') : reasonOf(tried.failure),
      ...retryableOf(tried.failure),
      questions: api.questions.slice(asked),
      strangerAsked: api.strangerAsked() - strangers,
      ...parsed,
      violations: [...parsed.violations, ...merged.violations],
      children: await parseChildren(parser, resource, landed),
      table: merged.rows,
      text: lines.join(''),
      bodies: lines.map((line) => (JSON.parse(line) as { body: unknown }).body),
      cursors: cursorsOf(kept.state),
      completeFrom: completeFrom ?? null,
      skipped: outcome?.skipped ?? [],
      unchanged: outcome?.unchanged ?? 0,
      gaps: (outcome?.gaps ?? []).map(({ from, to }) => ({ from, to })),
      waitedMs: invocation.now() - begun,
      secrets: Object.fromEntries(values),
      logs: invocation.logs,
    };
  };

  return { fetch: run, close: () => agent.destroy() };
}

function resourceOf({ resources }: CompiledSource, wanted?: string): CompiledResource {
  const found = wanted === undefined ? resources[0] : resources.find(({ name }) => name === wanted);
  if (!found) throw new Error(`the source has no resource ${wanted}`);
  return found;
}

type Tried = Partial<Pick<MemoryFetch, 'outcome'>> & { lines: Buffer[]; failure?: unknown };

async function tryTo(fetch: () => Promise<MemoryFetch>): Promise<Tried> {
  try {
    return await fetch();
  } catch (failure) {
    return { lines: [], failure };
  }
}

/** As a commit would: state and objects together; without a position nothing was fetched, and the window is given back. */
function remember(kept: Kept, { outcome, failure }: Tried, scheduledAt: string): void {
  const position = failure instanceof InterruptedFetch ? failure.position : outcome?.position;
  kept.paused = position && { position, scheduledAt };
  if (outcome?.kind === 'complete') kept.state = outcome.state;
}

async function parseChildren(
  parser: RowParser,
  { child_tables }: CompiledResource,
  landed: LandedText[],
): Promise<Observed['children']> {
  const children: Observed['children'] = {};
  for (const table of child_tables) children[table.name] = (await parser.parse(table, landed)).rows;
  return children;
}

function cursorsOf({ cursors }: ResourceState): (string | number)[] {
  return Object.entries(cursors)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, cursor]) => (typeof cursor === 'string' ? cursor.replace('.000Z', 'Z') : cursor));
}

function retryableOf(failure: unknown): Pick<Observed, 'retryable'> {
  if (failure instanceof InterruptedFetch) return retryableOf(failure.cause);
  return failure instanceof HttpError ? { retryable: failure.retryable } : {};
}

/** The message with those of its causes, as a log would have them. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n${reasonOf(error.cause)}`;
}
