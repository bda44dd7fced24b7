import { createHash } from 'node:crypto';
import type { BodyFacts } from '../body/body-form.ts';
import type { Verdict } from '../http/judge-response.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import type { StoredCursor } from '../incremental/cursor-value.ts';
import type { RecordWatch } from '../incremental/watch-records.ts';
import type { PageFacts } from '../paging/page.ts';
import type { PageLanding } from './landing.ts';
import { noPage } from './nowhere.ts';
import type { SentAsk } from './page-ask.ts';
import { requestKey } from './request-key.ts';
import type { Run } from './run.ts';

/** A response that has been read. */
export interface Page {
  /** `none`: it has no records, and that is fine. */
  outcome: 'landed' | 'none' | 'unchanged';
  landing: PageLanding;
  facts: PageFacts;
  status: number;
  /** Records that landed, and bytes as they were unpacked. */
  kept: number;
  bytes: number;
  /** Greatest cursor value, of each slice. */
  greatest: (StoredCursor | undefined)[];
  /** By the declared order, no further page has records of the window. */
  isPast: boolean;
  /** Names the request in the ledger. */
  key: string;
}

/** A verdict that is no error, and lands nothing. */
export type NoRecords = Exclude<Verdict, { land: true }>;

interface Landed {
  ask: SentAsk;
  landing: PageLanding;
  facts: BodyFacts;
  watches: (RecordWatch | undefined)[];
}

export function landedPage(answer: HttpAnswer, { ask, landing, facts, watches }: Landed, run: Run): Page {
  const { document, records, lastRecord, digest, kept, bytes } = facts;
  return {
    outcome: 'landed',
    landing,
    facts: { request: ask.request, headers: answer.headers, document, records, lastRecord, digest },
    status: answer.status,
    kept,
    bytes,
    greatest: watches.map((watch) => watch?.greatest()),
    isPast: watches.length > 0 && watches.every((watch) => watch?.isPast() === true),
    key: requestKey(ask.request, run.ports.auth),
  };
}

const digestOfNothing = createHash('sha256').digest('hex');

export function emptyPage(
  answer: HttpAnswer,
  ask: SentAsk,
  { run, verdict }: { run: Run; verdict: NoRecords },
): Page {
  const { outcome } = verdict;
  return {
    outcome: outcome === 'unchanged' ? 'unchanged' : 'none',
    landing: noPage,
    facts: {
      request: ask.request,
      headers: answer.headers,
      document: undefined,
      records: 0,
      lastRecord: undefined,
      digest: digestOfNothing,
      ...(outcome === 'stop' && { stop: true }),
    },
    status: answer.status,
    kept: 0,
    bytes: 0,
    greatest: [],
    isPast: false,
    key: requestKey(ask.request, run.ports.auth),
  };
}
