import { expect } from 'chai';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';
import { takeAway } from '../support/take-away.ts';

/** The local AWS enforces the roles' policies (law 21): each needed action, once gone, must be missed. */
describe('a role that lacks one needed action', function () {
  this.timeout(300_000);
  let stack: LocalStack;
  let tick = 0;
  const nextTick = () => new Date(Date.UTC(2026, 10, 21, 10, (tick += 1))).toISOString();

  before(async () => {
    stack = await deployLocalStack();
  });
  after(async () => stack?.destroy());

  it('fails the fetch without s3:PutObject, and lands after it is back', async () => {
    const restore = await takeAway(stack, 'FetchRole', 's3:PutObject');
    const failed = await stack.fetch(nextTick());
    expect(failed.error).to.match(/AccessDenied|not authorized/i);
    await restore();
    expect(await stack.fetch(nextTick())).to.deep.equal({});
  });

  it('fails the load without s3:GetObjectVersion in the job role, and recovers after it is back', async () => {
    const restore = await takeAway(stack, 'GlueRole', 's3:GetObjectVersion');
    const failed = await stack.untilLoad('failed');
    expect(failed.error).to.match(/AccessDenied|Forbidden|not authorized/i);
    await restore();
    const load = await stack.untilLoad('closed');
    expect(load.receipt?.balanced).to.equal(true);
  });

  it('fails the wake-up without glue:StartJobRun in the dispatcher role', async () => {
    expect(await stack.fetch(nextTick())).to.deep.equal({});
    const restore = await takeAway(stack, 'DispatchRole', 'glue:StartJobRun');
    let message = '';
    await stack.wake().catch((error: unknown) => (message = String(error)));
    expect(message).to.match(/AccessDenied|not authorized/i);
    await restore();
    await stack.untilLoad(
      'closed',
      (await stack.loads()).filter(({ state }) => state === 'closed').map(({ load }) => load),
    );
  });
});
