import { GetJobRunCommand } from '@aws-sdk/client-glue';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { queryFiles } from '../support/read-table.ts';

/** Processes whose command line names this load's manifest. */
function processesOf(load: string): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(`/${load}/manifest`)).map((line) => Number.parseInt(line, 10));
}

describe('an engine that is killed', function () {
  this.timeout(300_000);
  let stack: LocalStack;

  before(async () => {
    stack = await deployLocalStack();
  });
  after(async () => stack?.destroy());

  it('is noticed at the next wake-up, and the data come out complete, once', async () => {
    expect(await stack.fetch('2026-11-21T10:20:00Z')).to.deep.equal({});
    const started = await stack.untilLoad('started');
    let running = processesOf(started.load);
    for (let tries = 0; running.length === 0 && tries < 100; tries += 1) {
      await wait(100);
      running = processesOf(started.load);
    }
    expect(running).to.have.length.greaterThan(0);
    await wait(3000); // in the middle of its work: Spark is up, or nearly
    for (const pid of processesOf(started.load)) process.kill(pid, 'SIGKILL');

    const failed = await stack.untilLoad('failed');
    expect(failed.load).to.equal(started.load);
    const run = await stack.clients.glue.send(
      new GetJobRunCommand({ JobName: stack.outputs['GlueJob'], RunId: started.job_run_id }),
    );
    expect(run.JobRun?.JobRunState).to.equal('FAILED');

    const closed = await stack.untilLoad('closed');
    expect(closed.recovers).to.deep.equal([started.load]);
    expect(closed.receipt?.balanced).to.equal(true);
    const [counted] = await queryFiles(stack.clients.s3, stack.outputs['CuratedBucket'] ?? '', {
      prefix: 'hourly_weather/',
      sql: 'select count(*) as rows, count(distinct (city, time)) as keys from {files}',
    });
    const { distinct } = stack.api.served();
    expect({ rows: Number(counted?.['rows']), keys: Number(counted?.['keys']) }).to.deep.equal({
      rows: distinct,
      keys: distinct,
    });
  });
});
