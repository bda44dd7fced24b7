import type { Piece } from '../body/body-form.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import { rawLine, roomForBody, type RawLineHead } from '../raw-line.ts';
import type { Slice } from '../source/source.ts';
import { keptHeaders } from './kept-headers.ts';
import type { OpenPage, SentAsk } from './page-ask.ts';
import type { Run } from './run.ts';

/** Writes pieces of one slice's response. All lines of it have one time: that of the first, when a small body is whole. */
export function lineWriter(
  answer: HttpAnswer,
  { ask, landing, slice }: OpenPage & { slice: Slice },
  run: Run,
) {
  // Nothing of a parent lands.
  const lands = run.asker === undefined;
  let head = lineHead(answer, { ask, slice }, run);
  const room = roomForBody(head);
  let isFirst = true;
  const write = async (piece: Piece): Promise<void> => {
    if (!lands) return;
    if (isFirst) head = { ...head, fetched_at: run.ports.now().toISOString() };
    isFirst = false;
    await landing.write(rawLine(head, piece));
  };
  return Object.assign(write, { room });
}

function lineHead(
  { status, headers }: HttpAnswer,
  { ask, slice }: { ask: SentAsk; slice: Slice },
  run: Run,
): RawLineHead {
  const { mask, auth, now } = run.ports;
  const kept = Object.entries(keptHeaders(headers)).map(([name, value]) => [name, mask.mask(value)]);
  const { window } = ask.unit;
  return {
    v: 1,
    resource: run.resource.name,
    scheduled_at: run.scheduledAt,
    fetched_at: now().toISOString(),
    request: {
      method: ask.request.method,
      url: auth.shownUrl(ask.request),
      for: window ? { ...slice, incremental: window.values } : slice,
      page: ask.page,
    },
    status,
    headers: Object.fromEntries(kept) as Record<string, string>,
  };
}
