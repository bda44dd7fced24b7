import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { expect } from 'chai';
import { deployLocalStack, type LocalStack } from '../support/local-stack.ts';

interface Policy {
  Statement: { Action: string | string[] }[];
}

/** The local AWS enforces the roles' policies (law 21): each needed action, once gone, must be missed. */
describe('a role that lacks one needed action', function () {
  this.timeout(300_000);
  let stack: LocalStack;
  let iam: IAMClient;
  let tick = 0;
  const nextTick = () => new Date(Date.UTC(2026, 10, 21, 10, (tick += 1))).toISOString();

  before(async () => {
    stack = await deployLocalStack();
    iam = new IAMClient({
      endpoint: stack.environment['AWS_ENDPOINT_URL'] ?? '',
      region: stack.environment['AWS_REGION'] ?? '',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  });
  after(async () => stack?.destroy());

  /** Takes the action out of all policies of the role; gives what puts them back. */
  async function takeAway(logicalId: string, action: string): Promise<() => Promise<void>> {
    const found = await stack.clients.cloudformation.send(
      new DescribeStackResourceCommand({ StackName: stack.name, LogicalResourceId: logicalId }),
    );
    const RoleName = found.StackResourceDetail?.PhysicalResourceId;
    const names = (await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames ?? [];
    const restores: (() => Promise<unknown>)[] = [];
    let taken = 0;
    for (const PolicyName of names) {
      const answer = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      const original = decodeURIComponent(answer.PolicyDocument ?? '{}');
      const policy = JSON.parse(original) as Policy;
      for (const statement of policy.Statement) {
        const actions = [statement.Action].flat();
        taken += actions.filter((name) => name === action).length;
        statement.Action = actions.map((name) => (name === action ? 'sts:GetCallerIdentity' : name));
      }
      await iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(policy) }),
      );
      restores.push(() =>
        iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: original })),
      );
    }
    expect(taken, `${logicalId} has ${action}`).to.be.greaterThan(0);
    return async () => {
      for (const restore of restores) await restore();
    };
  }

  it('fails the fetch without s3:PutObject, and lands after it is back', async () => {
    const restore = await takeAway('FetchRole', 's3:PutObject');
    const failed = await stack.fetch(nextTick());
    expect(failed.error).to.match(/AccessDenied|not authorized/i);
    await restore();
    expect(await stack.fetch(nextTick())).to.deep.equal({});
  });

  it('fails the load without s3:GetObjectVersion in the job role, and recovers after it is back', async () => {
    const restore = await takeAway('GlueRole', 's3:GetObjectVersion');
    const failed = await stack.untilLoad('failed');
    expect(failed.error).to.match(/AccessDenied|Forbidden|not authorized/i);
    await restore();
    const load = await stack.untilLoad('closed');
    expect(load.receipt?.balanced).to.equal(true);
  });

  it('fails the wake-up without glue:StartJobRun in the dispatcher role', async () => {
    expect(await stack.fetch(nextTick())).to.deep.equal({});
    const restore = await takeAway('DispatchRole', 'glue:StartJobRun');
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
