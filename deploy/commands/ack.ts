import { ConfigError } from '../../pipeline/errors.ts';
import { acknowledgeGap } from '../../pipeline/ledger/gaps.ts';
import type { GapItem } from '../../pipeline/ledger/items.ts';
import { gapId, ledgerOf, listGaps, type LedgerOptions } from './gaps.ts';

/** Fewer characters of a name could be another gap's tomorrow. */
const fewest = 4;

/** `catchwater ack GAP… --stack S`. Exit code 1 when one of them has grown since it was listed: it stays open. */
export async function runAck(options: LedgerOptions & { gaps: string[]; now?: Date }): Promise<number> {
  const { stackName, json, stdout, stderr, now = new Date() } = options;
  const ledger = options.ledger ?? (await ledgerOf(options));
  const open = await listGaps(ledger);
  // All of them are found before one is written.
  const meant = [...new Set(options.gaps.map((id) => findGap(open, id, stackName)))];
  const acknowledged: GapItem[] = [];
  const changed: GapItem[] = [];
  for (const gap of meant) {
    const done = await acknowledgeGap(ledger, gap, now);
    (done ? acknowledged : changed).push(gap);
  }
  if (json) {
    const result = { acknowledged: acknowledged.map(gapId), changed: changed.map(gapId) };
    stdout.write(`${JSON.stringify({ schemaVersion: 1, stack: stackName, ...result })}\n`);
  } else {
    for (const gap of acknowledged) stdout.write(`acknowledged ${describe(gap)}\n`);
    for (const gap of changed) {
      stderr.write(
        `not acknowledged: ${describe(gap)} has grown since, or somebody else was first; look again: catchwater gaps --stack ${stackName}\n`,
      );
    }
  }
  return changed.length > 0 ? 1 : 0;
}

function findGap(open: readonly GapItem[], id: string, stackName: string): GapItem {
  const found = id.length < fewest ? [] : open.filter((gap) => gapId(gap).startsWith(id));
  const [gap] = found;
  if (gap && found.length === 1) return gap;
  const why =
    found.length > 1
      ? `'${id}' is the beginning of several gaps`
      : `no open gap of ${stackName} is called '${id}'`;
  throw new ConfigError(`${why}: catchwater gaps --stack ${stackName} lists them; nothing was acknowledged`);
}

function describe(gap: GapItem): string {
  const { resource, slice, from, to } = gap;
  return `${gapId(gap)}: ${resource}${slice === '' ? '' : ` ${slice}`}, ${from} to ${to}`;
}
