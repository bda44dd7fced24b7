import { connect } from '../connect.ts';
import { describeStatus } from '../status/describe-status.ts';
import { readStatus } from '../status/read-status.ts';
import { statusDocument } from '../status/status-document.ts';
import type { LedgerOptions } from './gaps.ts';

/** `catchwater status --stack S`: one screen. Exit code 1 when a part of it could not be read. */
export async function runStatus(options: LedgerOptions & { now?: Date }): Promise<number> {
  const { stackName, json, stdout, ledger, now = new Date() } = options;
  const connection = options.connection ?? (await connect(options));
  const status = await readStatus({ stackName, connection, ledger, now });
  stdout.write(json ? `${JSON.stringify(statusDocument(status))}\n` : `${describeStatus(status)}\n`);
  return 'error' in status.source || 'error' in status.ledger ? 1 : 0;
}
