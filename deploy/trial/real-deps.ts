import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { sendThrough } from '../../pipeline/http/send-request.ts';
import type { CompiledSource } from '../../pipeline/source/source.ts';
import { say } from '../say.ts';
import { environmentSecrets } from './environment-secrets.ts';
import type { TrialDeps } from './run-trial.ts';

/** The API itself, secrets from the environment, waits on standard error. `close` ends its connections. */
export function realDeps(
  source: CompiledSource,
  environment: NodeJS.ProcessEnv,
): TrialDeps & { close: () => Promise<void> } {
  const agent = new Agent({
    connections: source.client.concurrency,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  });
  return {
    send: sendThrough(agent),
    secrets: environmentSecrets(environment),
    now: () => new Date(),
    random: Math.random,
    sleep: (ms, signal) => sleep(ms, undefined, signal && { signal }),
    log: (event, fields) => say(`${event} ${JSON.stringify(fields)}`),
    credentials: fromNodeProviderChain(),
    close: () => agent.destroy(),
  };
}
