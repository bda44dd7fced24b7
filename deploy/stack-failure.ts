import {
  DescribeEventsCommand,
  type DescribeEventsCommandOutput,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';

/** The first stack resource that failed, not one of those that were cancelled or rolled back because of it. */
export function firstFailure(events: readonly StackEvent[]): StackEvent | undefined {
  return events
    .filter(
      ({ ResourceStatus = '', ResourceStatusReason = '', ResourceType }) =>
        ResourceStatus.endsWith('_FAILED') &&
        !/cancell?ed/i.test(ResourceStatusReason) &&
        ResourceType !== 'AWS::CloudFormation::Stack',
    )
    .toSorted((a, b) => Number(a.Timestamp) - Number(b.Timestamp))[0];
}

interface EventReader {
  send(command: DescribeEventsCommand): Promise<DescribeEventsCommandOutput>;
}

/** Why an operation on a stack failed, in one line if one stack resource is to blame. */
export async function explainFailure(
  cloudformation: EventReader,
  events: readonly StackEvent[],
  { id, reason }: { id: string; reason: string },
): Promise<string> {
  const failure = firstFailure(events);
  if (!failure)
    return [reason, ...(await findValidationErrors(cloudformation, { StackName: id }))].join('\n').trim();
  const { LogicalResourceId, ResourceType, ResourceStatusReason } = failure;
  return `${LogicalResourceId} (${ResourceType}) failed: ${ResourceStatusReason ?? 'CloudFormation gives no reason'}`;
}

/**
 * What CloudFormation's validation before a deployment found wrong: it is told of in events, not in the reason of the
 * change set or the stack. Empty where the region does not tell.
 */
export async function findValidationErrors(
  cloudformation: EventReader,
  operation: { ChangeSetName: string } | { StackName: string },
): Promise<string[]> {
  try {
    const { OperationEvents = [] } = await cloudformation.send(
      new DescribeEventsCommand({ ...operation, Filters: { FailedEvents: true } }),
    );
    return OperationEvents.flatMap((event) => {
      const { EventType, ValidationStatusReason: reason, LogicalResourceId, ValidationPath } = event;
      if (EventType !== 'VALIDATION_ERROR' || reason === undefined) return [];
      return [`${ValidationPath ?? LogicalResourceId ?? 'the template'}: ${reason}`];
    });
  } catch {
    // The reason of the change set or the stack itself is shown in any case.
    return [];
  }
}
