import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { lastLogLines } from '../../local/read-logs.ts';
import type { FetchItem } from '../../pipeline/ledger/items.ts';
import { configOf } from '../support/local-stack.ts';
import { deployScripted, type ScriptedStack } from '../support/scripted-stack.ts';
import { takeAway } from '../support/take-away.ts';

const lastPage = 16;
const delayMs = 500;
/** Ten seconds of them are kept for the commit: about six pages in each invocation. */
const timeoutSeconds = 14;

const source = `version: 1
name: slow
client: { base_url: '{api}/' }
resource_defaults: { columns: { id: bigint }, primary_key: id, partition_by: none }
resources:
  - { name: one, endpoint: { path: one, paginator: { type: page_number } } }
  - { name: two, endpoint: { path: two, paginator: { type: page_number } } }
`;

describe('a window that takes longer than an invocation may', function () {
  this.timeout(240_000);
  let api: Server;
  let asked: string[] = [];
  let stack: ScriptedStack;
  const began = new Date();

  before(async () => {
    api = createServer((request, response) => {
      asked.push(request.url ?? '');
      const page = Number(new URL(request.url ?? '', 'http://api').searchParams.get('page'));
      const body = page > lastPage ? '[]' : `[{"id":${page}}]`;
      setTimeout(() => response.setHeader('content-type', 'application/json').end(body), delayMs);
    });
    await new Promise<void>((listening) => api.listen(0, '127.0.0.1', listening));
    const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    stack = await deployScripted(source, { apiUrl });
    await stack.clients.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: stack.outputs['FetchFunction'],
        Timeout: timeoutSeconds,
      }),
    );
  });
  after(async () => {
    await stack?.destroy();
    api.closeAllConnections();
    api.close();
  });
  beforeEach(() => (asked = []));

  async function untilState(resource: string, state: FetchItem['state']): Promise<FetchItem> {
    for (let tries = 0; tries < 120; tries += 1) {
      const found = await stack.lastFetch(resource);
      if (found?.state === state) return found;
      await wait(500);
    }
    throw new Error(
      `${resource} is not ${state} after a minute: ${JSON.stringify(await stack.lastFetch(resource))}`,
    );
  }

  const logged = async (event: string): Promise<Record<string, unknown>[]> => {
    const logs = new CloudWatchLogsClient(configOf(stack.environment));
    const group = stack.outputs['FetchLogGroup'] ?? '';
    const lines = await lastLogLines({ group, since: began, most: 1000 }, { logs });
    const events = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as object);
    return events.filter((line) => 'event' in line && line.event === event) as Record<string, unknown>[];
  };

  it('is gone on with at once, by the function itself, until it is committed: one tick is enough', async () => {
    expect(await stack.tick(['one'])).to.deep.equal({});
    const fetch = await untilState('one', 'committed');
    expect(fetch.attempt).to.be.at.least(3);
    expect(fetch.responses).to.equal(lastPage + 1);
    expect(asked).to.deep.equal(Array.from({ length: lastPage + 1 }, (_, page) => `/one?page=${page + 1}`));
    // Logs of an invocation are there when it has ended.
    for (
      let tries = 0;
      tries < 20 && (await logged('window continued')).length < fetch.attempt - 1;
      tries += 1
    )
      await wait(500);
    expect((await logged('window continued')).map(({ continues }) => continues)).to.deep.equal(
      Array.from({ length: fetch.attempt - 1 }, (_, hop) => hop + 1),
    );
    const [load] = await stack.loadAll(['one']);
    expect(load?.receipt).to.include({ inserted: lastPage, balanced: true });
  });

  it('waits for the next tick where the function may not invoke itself', async () => {
    const restore = await takeAway(stack, 'FetchRole', 'lambda:InvokeFunction');
    expect(await stack.tick(['two'])).to.deep.equal({});
    await restore();
    expect(await stack.lastFetch('two')).to.include({ state: 'paused', attempt: 1 });
    expect((await logged('window not continued'))[0]?.['reason']).to.match(/AccessDenied|not authorized/i);
    expect(await stack.tick(['two'])).to.deep.equal({});
    await untilState('two', 'committed');
  });
});
