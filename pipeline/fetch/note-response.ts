/** What is remembered of responses, for the next window. */
import { validatorsOf, type Validators } from '../http/conditional.ts';
import type { Page } from './page.ts';
import { comparedRequests, mostValidators } from './progress.ts';
import type { Run } from './run.ts';

/** Only an answer of one page says by its ETag that nothing has changed: of a longer one it is the first page's. */
export function noteWhole(page: Page, { pages, key }: { pages: number; key: string }, run: Run): void {
  if (!run.resource.endpoint.conditional || pages !== 1) return;
  keepValidators(run, key, validatorsOf(page.facts.headers, run.ports.now()));
}

/** The share of responses that say what the last ones said: which cadence is worth it. Those of windows never repeat. */
export function noteResponse({ key, facts, outcome }: Page, { progress, state, resource }: Run): void {
  progress.responses += 1;
  if (outcome !== 'landed' || resource.incremental) return;
  const digest = facts.digest.slice(0, 16);
  if (state.digests?.[key] === digest) progress.unchanged += 1;
  if (progress.digests.size < comparedRequests) progress.digests.set(key, digest);
}

/**
 * The unit is as it was. Counted as a response, also where nobody asked because the last one is still good: so that the share
 * of unchanged ones shows who comes too early.
 */
export function noteUnchanged(run: Run, key: string, validators: Validators | undefined): void {
  const { progress, state } = run;
  progress.responses += 1;
  progress.unchanged += 1;
  progress.unseen += 1;
  keepValidators(run, key, validators);
  const digest = state.digests?.[key];
  if (digest !== undefined) progress.digests.set(key, digest);
}

function keepValidators({ progress }: Run, key: string, validators: Validators | undefined): void {
  if (validators && progress.validators.size < mostValidators) progress.validators.set(key, validators);
}
