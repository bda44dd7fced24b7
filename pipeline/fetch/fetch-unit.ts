/** A unit: the pages of one slice, or of a group, within one window. They land together, or not at all. */
import type { HttpRequest } from '../http/send-request.ts';
import { buildRequest } from '../http/build-request.ts';
import { isFresh, validatorsOf } from '../http/conditional.ts';
import { greaterCursor, type StoredCursor } from '../incremental/cursor-value.ts';
import type { LandedObject } from '../ledger/items.ts';
import { createPager, type Pager, type PagerState } from '../paging/pager.ts';
import type { Client } from '../source/source.ts';
import { askPage } from './ask-page.ts';
import { explainError } from './explain-error.ts';
import { isSliceError, isStop } from './fetch-stop.ts';
import { isOfTheMoment } from './interrupted-fetch.ts';
import { joinSlices } from './group-slices.ts';
import type { UnitLanding } from './landing.ts';
import { noteResponse, noteUnchanged, noteWhole } from './note-response.ts';
import type { Page } from './page.ts';
import { warnOnce } from './warn-once.ts';
import { requestKey } from './request-key.ts';
import { showPage } from './show-page.ts';
import type { Run } from './run.ts';
import { sliceKey } from './slice-key.ts';
import type { OpenUnit } from './task.ts';
import type { Unit } from './unit.ts';

export interface WholeUnit {
  /** Of each slice. */
  greatest: (StoredCursor | undefined)[];
}

/** How far a unit has come. */
interface Chain {
  pages: number;
  greatest: (StoredCursor | undefined)[];
}

/**
 * Asks for the pages of the unit, one after another, and commits them. Throws an error with `pause` where it
 * has to end before the last one; with `keeps` what has landed so far is left in the run, to be gone on with.
 */
export async function fetchUnit(unit: Unit, run: Run, { keeps }: { keeps: boolean }): Promise<WholeUnit> {
  const { endpoint } = run.resource;
  const values = {
    ...joinSlices(unit.slices, run.resource.group),
    ...(unit.window && { incremental: unit.window.values }),
  };
  const request = buildRequest(run.ports.client, endpoint, values);
  const key = requestKey(request, run.ports.auth);
  const validators = endpoint.conditional && !unit.open ? run.state.validators?.[key] : undefined;
  if (isFresh(validators, run.ports.now())) {
    noteUnchanged(run, key, validators);
    return { greatest: [] };
  }
  const pager = createPager(endpoint.paginator, request, {
    baseUrl: run.ports.client.base_url,
    ...keyParam(run.ports.client),
    ...(unit.open && { resume: unit.open.pager }),
  });
  const landing = run.openUnit(unit.open?.objects);
  const chain: Chain = {
    pages: unit.open?.pages ?? 0,
    greatest: unit.open?.greatest.map((value) => value ?? undefined) ?? [],
  };
  try {
    const page = await askPage(
      { unit, request: pager.first(), page: chain.pages + 1, validators, landing },
      run,
    );
    if (page.outcome === 'unchanged') {
      noteUnchanged(run, key, validatorsOf(page.facts.headers, run.ports.now(), validators));
      showPage(page, { unit, page: 1, next: { end: 'it is as it was' } }, run);
      await landing.abort();
    } else {
      await followPages({ unit, pager, chain, landing, key }, page, run);
      await landing.commit();
    }
    return { greatest: chain.greatest };
  } catch (error) {
    if (keeps && chain.pages > 0 && mayGoOn(error, run)) {
      // The pager leads to the page that was to come next.
      run.progress.open.push(openUnit(unit, chain, pager.state(), await landing.keep()));
    } else await landing.abort();
    throw error;
  }
}

/**
 * Whether the pages that have landed are worth keeping, for the next one to be had later. After a failure only where the
 * API itself says what comes next: counted pages may have shifted meanwhile. (A pause keeps them all the same, or a window
 * longer than an invocation would never come to its end.) A slice that is skipped has no later.
 */
function mayGoOn(error: unknown, { resource }: Run): boolean {
  if (isStop(error)) return true;
  if (!isOfTheMoment(error) || (resource.on_slice_error === 'skip_and_report' && isSliceError(error)))
    return false;
  const isCounted = ['page_number', 'offset'].includes(resource.endpoint.paginator.type);
  return !isCounted || resource.incremental?.row_order === 'asc';
}

interface Following {
  unit: Unit;
  pager: Pager;
  chain: Chain;
  landing: UnitLanding;
  key: string;
}

/** Each page is committed while the next one is on its way: never more than one ahead. */
async function followPages(
  { unit, pager, chain, landing, key }: Following,
  first: Page,
  run: Run,
): Promise<void> {
  let page = first;
  for (;;) {
    const next = nextRequest(page, { unit, pager }, run);
    const ahead: Promise<Page | undefined> = next.request
      ? askPage({ unit, request: next.request, page: chain.pages + 2, landing }, run)
      : Promise.resolve(undefined);
    showPage(page, { unit, page: chain.pages + 1, next }, run);
    const [committed, following] = await Promise.allSettled([page.landing.commit(), ahead]);
    if (committed.status === 'rejected') throw committed.reason;
    chain.pages += 1;
    noteResponse(page, run);
    page.greatest.forEach((value, index) => {
      chain.greatest[index] = greaterCursor(chain.greatest[index], value);
    });
    if (following.status === 'rejected') throw following.reason;
    if (following.value === undefined) {
      noteWhole(page, { pages: chain.pages, key }, run);
      return;
    }
    page = following.value;
  }
}

/** A list in its declared order needs no further page once it has left the window. */
function nextRequest(
  page: Page,
  { unit, pager }: Pick<Following, 'unit' | 'pager'>,
  run: Run,
): { request?: HttpRequest; end?: string } {
  if (page.isPast) return { end: 'the records have left the window' };
  try {
    const next = pager.next(page.facts);
    if ('warning' in next) warnOnce(next.warning, run);
    return next;
  } catch (error) {
    throw explainError(error, { request: page.facts.request, unit }, run);
  }
}

/** Links of the API lose the parameter that carries the key; it is added when they are sent. */
function keyParam({ auth }: Client): { keyParam?: string } {
  const isParam = (auth?.type === 'api_key' || auth?.type === 'session_token') && auth.location === 'query';
  return isParam ? { keyParam: auth.name } : {};
}

function openUnit(unit: Unit, chain: Chain, pager: PagerState, objects: LandedObject[]): OpenUnit {
  return {
    slices: unit.slices.map(sliceKey),
    pager,
    pages: chain.pages,
    objects,
    greatest: chain.greatest.map((value) => value ?? null),
  };
}
