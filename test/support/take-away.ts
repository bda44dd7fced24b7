import { DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'chai';
import { configOf, type LocalStack } from './local-stack.ts';

interface Policy {
  Statement: { Action: string | string[] }[];
}

/** Takes the action out of all policies of the stack's role; gives what puts them back. */
export async function takeAway(
  { name, environment, clients }: LocalStack,
  logicalId: string,
  action: string,
): Promise<() => Promise<void>> {
  const iam = new IAMClient(configOf(environment));
  const found = await clients.cloudformation.send(
    new DescribeStackResourceCommand({ StackName: name, LogicalResourceId: logicalId }),
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
      taken += actions.filter((each) => each === action).length;
      statement.Action = actions.map((each) => (each === action ? 'sts:GetCallerIdentity' : each));
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
