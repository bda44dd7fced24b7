import { readFile } from 'node:fs/promises';
import type { LocalClients } from './connect-local.ts';
import { StalledError } from './errors.ts';
import type { Stage } from './open-stage.ts';
import { lastLogLines } from './read-logs.ts';

const mostLines = 12;

/** The error with what functions, job and local AWS have logged meanwhile: the cause is mostly there. */
export async function explainStall(
  { step, message }: StalledError,
  { stage, clients }: { stage: Stage; clients: LocalClients },
): Promise<StalledError> {
  const { FetchLogGroup, DispatchLogGroup } = clients.names;
  const parts = [message];
  for (const group of [FetchLogGroup, DispatchLogGroup, `/aws-glue/${stage.deployed.stackName}/error`]) {
    parts.push(
      ...section(group, await lastLogLines({ group, since: stage.since, most: mostLines }, clients)),
    );
  }
  const local = await readFile(stage.aws.log, 'utf8').catch(() => '');
  const troubles = local.split('\n').filter((line) => / (ERROR|WARNING|CRITICAL) /.test(line));
  parts.push(...section(stage.aws.log, troubles.slice(-mostLines)));
  return new StalledError(step, parts.join('\n'));
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [`The end of ${name}:`, ...lines.map((line) => `  ${line}`)] : [];
}
