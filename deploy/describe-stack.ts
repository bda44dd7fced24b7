import {
  DescribeStacksCommand,
  type DescribeStacksCommandOutput,
  type Stack,
} from '@aws-sdk/client-cloudformation';

export interface StackReader {
  send(command: DescribeStacksCommand): Promise<DescribeStacksCommandOutput>;
}

export interface StackState {
  id: string;
  status: string;
  reason: string;
  parameters: Record<string, string>;
  outputs: Record<string, string>;
  tags: Map<string, string>;
}

/** Undefined when there is no such stack; any other failure is thrown, so that it is never taken for that. */
export async function describeStack(
  cloudformation: StackReader,
  stackName: string,
): Promise<StackState | undefined> {
  try {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: stackName }));
    const [stack] = Stacks ?? [];
    return stack && stack.StackStatus !== 'DELETE_COMPLETE' ? readState(stack) : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether the stack was made from our template: nobody else's may be changed or deleted. */
export function isPipeline({ tags, outputs }: StackState): boolean {
  return tags.get('catchwater') === 'pipeline' || ('LedgerTable' in outputs && 'CuratedBucket' in outputs);
}

function readState(stack: Stack): StackState {
  const {
    StackId = '',
    StackStatus = '',
    StackStatusReason = '',
    Parameters = [],
    Outputs = [],
    Tags = [],
  } = stack;
  return {
    id: StackId,
    status: StackStatus,
    reason: StackStatusReason,
    parameters: Object.fromEntries(
      Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
    ),
    outputs: Object.fromEntries(
      Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    tags: new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
  };
}

/** AWS has only prose for this. */
function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message);
}
