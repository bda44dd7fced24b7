import { ConfigError } from '../pipeline/errors.ts';
import type { Connection } from './connect.ts';
import { describeStack, isPipeline, type StackState } from './describe-stack.ts';

/** The live stack of that name, which must be one of ours. */
export async function findStack(
  stackName: string,
  { cloudformation, account, region }: Pick<Connection, 'cloudformation' | 'account' | 'region'>,
): Promise<StackState> {
  const stack = await describeStack(cloudformation, stackName);
  if (!stack || stack.status === 'REVIEW_IN_PROGRESS') {
    throw new ConfigError(
      `there is no stack ${stackName} in account ${account}, region ${region}; another region is given with --region`,
    );
  }
  if (isPipeline(stack)) return stack;
  throw new ConfigError(`the stack ${stackName} is not one of Catchwater's; give another name`);
}
