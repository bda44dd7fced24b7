import { InvokeCommand } from '@aws-sdk/client-lambda';
import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { projectRoot } from '../support/run-cli.ts';

const folder = join(projectRoot, 'test/events');

/** Each event file, sent as `aws lambda invoke --payload file://…` sends it; the name begins with the function's. */
describe('the event files', function () {
  this.timeout(120_000);
  let stack: LocalStack;

  before(async () => {
    stack = await deployLocalStack();
  });
  after(async () => stack?.destroy());

  async function invoke(file: string): Promise<{ failed: string | undefined; answer: unknown }> {
    const output = file.startsWith('fetch') ? 'FetchFunction' : 'DispatchFunction';
    const found = await stack.clients.lambda.send(
      new InvokeCommand({ FunctionName: stack.outputs[output], Payload: readFileSync(join(folder, file)) }),
    );
    return { failed: found.FunctionError, answer: JSON.parse(Buffer.from(found.Payload ?? []).toString()) };
  }

  it('are there for both functions', () => {
    const functions = new Set(readdirSync(folder).map((file) => file.split(/[-.]/)[0]));
    expect(functions).to.deep.equal(new Set(['dispatch', 'fetch']));
  });

  it('fetch.json fetches one window', async () => {
    const { failed, answer } = await invoke('fetch.json');
    expect(failed, JSON.stringify(answer)).to.equal(undefined);
    const [record] = await stack.fetches('hourly_weather');
    expect(record).to.include({ state: 'committed', scheduled_at: '2026-11-01T10:00:00Z' });
  });

  for (const file of readdirSync(folder).filter((name) => name.startsWith('dispatch'))) {
    it(`${file} wakes the dispatcher`, async () => {
      const { failed, answer } = await invoke(file);
      expect(failed, JSON.stringify(answer)).to.equal(undefined);
      expect(answer).to.deep.equal({ batchItemFailures: [] });
    });
  }

  it('together they have brought the window into the table', async () => {
    const load = await stack.untilLoad('closed');
    expect(load.receipt).to.include({ balanced: true, inserted: stack.api.served().distinct });
  });
});
