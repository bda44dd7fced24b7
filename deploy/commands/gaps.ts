import { createHash } from 'node:crypto';
import { openGaps } from '../../pipeline/ledger/gaps.ts';
import type { GapItem } from '../../pipeline/ledger/items.ts';
import type { Ledger } from '../../pipeline/ledger/ledger.ts';
import { connect, type Connection } from '../connect.ts';
import { count } from '../figures.ts';
import { findStack } from '../find-stack.ts';
import { formatTable } from '../format-table.ts';
import { openLedger } from '../open-ledger.ts';
import type { Output } from '../output.ts';

export interface LedgerOptions {
  stackName: string;
  region?: string | undefined;
  profile?: string | undefined;
  json: boolean;
  stdout: Output;
  stderr: Output;
  /** Tests put one of their own here. */
  ledger?: Ledger;
  connection?: Connection;
}

/** `catchwater gaps --stack S`: what nobody has acknowledged. Exit code 0; with `exitCode` 5 when there is one. */
export async function runGaps(options: LedgerOptions & { exitCode?: boolean }): Promise<number> {
  const { json, stackName, stdout } = options;
  const ledger = options.ledger ?? (await ledgerOf(options));
  const gaps = await listGaps(ledger);
  if (json) {
    stdout.write(`${JSON.stringify({ schemaVersion: 1, stack: stackName, gaps: gaps.map(summarize) })}\n`);
  } else if (gaps.length === 0) {
    stdout.write(`${stackName}: no gap is open\n`);
  } else {
    stdout.write(`${formatTable(gaps.map(summarize))}\n`);
    options.stderr.write(
      `${count(gaps.length, 'gap')}: the API had forgotten this before it was fetched; it will not come. Seen it? catchwater ack ${gapId(gaps[0] as GapItem)} --stack ${stackName}\n`,
    );
  }
  return options.exitCode && gaps.length > 0 ? 5 : 0;
}

/** Only what still stands, as far as the index knows. */
export async function listGaps(ledger: Ledger): Promise<GapItem[]> {
  const gaps: GapItem[] = [];
  for await (const gap of openGaps(ledger)) gaps.push(gap);
  return gaps;
}

/** A gap's name for people: the same for as long as it stands, however far it grows. */
export function gapId({ pk, sk }: Pick<GapItem, 'pk' | 'sk'>): string {
  return createHash('sha256').update(`${pk}\n${sk}`).digest('hex').slice(0, 8);
}

export async function ledgerOf(options: LedgerOptions): Promise<Ledger> {
  const connection = options.connection ?? (await connect(options));
  const { outputs } = await findStack(options.stackName, connection);
  return openLedger(connection.dynamodb, outputs['LedgerTable'] ?? `${options.stackName}-ledger`);
}

function summarize(gap: GapItem) {
  const { resource, slice, from, to, found_at: found } = gap;
  return { gap: gapId(gap), resource, slice, from, to, found };
}
