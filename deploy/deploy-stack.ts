import {
  DeleteStackCommand,
  type DeleteStackCommandOutput,
  ExecuteChangeSetCommand,
  type ExecuteChangeSetCommandOutput,
  ListStackResourcesCommand,
  type ListStackResourcesCommandOutput,
  type Parameter,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { type ChangeSetMaker, makeChangeSet } from './change-set.ts';
import { describeStack, type StackState } from './describe-stack.ts';
import { StackError } from './errors.ts';
import { explainFailure } from './stack-failure.ts';
import { newestEvent, type StackWatcher, waitForStack } from './wait-for-stack.ts';

export type StackClient = ChangeSetMaker &
  StackWatcher & {
    send(command: ExecuteChangeSetCommand): Promise<ExecuteChangeSetCommandOutput>;
    send(command: DeleteStackCommand): Promise<DeleteStackCommandOutput>;
    send(command: ListStackResourcesCommand): Promise<ListStackResourcesCommandOutput>;
  };

export interface DeployStackOptions {
  cloudformation: StackClient;
  stackName: string;
  template: { body: string } | { url: string };
  /** Names of all parameters of the template: those without a value here keep the stack's, or take their default. */
  known: readonly string[];
  parameters: Record<string, string>;
  tags: Record<string, string>;
  /** See `ChangeSetOptions`. */
  adopts: boolean;
  onProgress: (line: string) => void;
}

export interface DeployedStack {
  changed: boolean;
  /** Logical ids of the stack resources that the change set named. */
  changes: string[];
  outputs: Record<string, string>;
}

/** Makes or updates a stack through a change set. "No changes" is success. */
export async function deployStack(options: DeployStackOptions): Promise<DeployedStack> {
  const { cloudformation, stackName, onProgress } = options;
  const found = await settleStack(cloudformation, stackName, onProgress);
  const type = found ? 'UPDATE' : 'CREATE';
  const parameters = fillParameters(options.known, options.parameters, found);
  const changeSet = await makeChangeSet({ ...options, type, parameters });
  if (!changeSet) return { changed: false, changes: [], outputs: found?.outputs ?? {} };
  const after = await newestEvent(cloudformation, changeSet.stackId);
  await cloudformation.send(
    new ExecuteChangeSetCommand({ ChangeSetName: changeSet.id, StackName: changeSet.stackId }),
  );
  const { state, events } = await waitForStack({
    cloudformation,
    stackId: changeSet.stackId,
    after,
    onEvent: reportEvents(changeSet.changes, onProgress),
  });
  const status = state?.status ?? 'DELETE_COMPLETE';
  if (!state || (status !== 'CREATE_COMPLETE' && status !== 'UPDATE_COMPLETE')) {
    const id = changeSet.stackId;
    const reason = await explainFailure(cloudformation, events, { id, reason: state?.reason ?? '' });
    throw new StackError(`the stack ${stackName} ended in ${status}\n${reason}`);
  }
  return { changed: true, changes: changeSet.changes, outputs: state.outputs };
}

/** Stacks that were never made: CloudFormation can only delete them. */
const neverMade = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'];

/** The stack as it may be updated; undefined when it is to be made. */
export async function settleStack(
  cloudformation: StackClient,
  stackName: string,
  onProgress: (line: string) => void,
): Promise<StackState | undefined> {
  const found = await describeStack(cloudformation, stackName);
  // REVIEW_IN_PROGRESS: a change set was made and never executed, there is nothing yet.
  if (!found || found.status === 'REVIEW_IN_PROGRESS') return undefined;
  if (neverMade.includes(found.status)) {
    onProgress(`the stack ${stackName} is in ${found.status}, its creation failed: deleting it first`);
    await deleteStack(cloudformation, found, onProgress);
    return undefined;
  }
  if (found.status.endsWith('_IN_PROGRESS')) {
    throw new StackError(
      `the stack ${stackName} is in ${found.status}: someone else is changing it; wait until that has ended`,
    );
  }
  if (found.status.endsWith('_FAILED')) {
    const remedy = {
      UPDATE_ROLLBACK_FAILED: `mend the cause, then: aws cloudformation continue-update-rollback --stack-name ${stackName}`,
      DELETE_FAILED: `mend the cause, then: catchwater destroy --stack ${stackName}`,
    }[found.status];
    throw new StackError(
      `the stack ${stackName} is in ${found.status}: ${found.reason || 'no reason is given'}\n${remedy ?? 'look at its events in the CloudFormation console'}`,
    );
  }
  return found;
}

export async function deleteStack(
  cloudformation: StackClient,
  { id }: StackState,
  onProgress: (line: string) => void,
): Promise<void> {
  const { StackResourceSummaries = [] } = await cloudformation.send(
    new ListStackResourcesCommand({ StackName: id }),
  );
  const names = StackResourceSummaries.filter(({ ResourceStatus }) => ResourceStatus !== 'DELETE_COMPLETE');
  const onEvent = reportEvents(
    names.map(({ LogicalResourceId = '' }) => LogicalResourceId),
    onProgress,
  );
  const after = await newestEvent(cloudformation, id);
  await cloudformation.send(new DeleteStackCommand({ StackName: id }));
  const { state, events } = await waitForStack({ cloudformation, stackId: id, after, onEvent });
  if (!state) return;
  throw new StackError(`the stack was not deleted\n${await explainFailure(cloudformation, events, state)}`);
}

/** Values given, else the stack's own, else (by leaving them out) the template's default. */
export function fillParameters(
  known: readonly string[],
  given: Record<string, string>,
  found: StackState | undefined,
): Parameter[] {
  return known.flatMap((name): Parameter[] => {
    const value = given[name];
    if (value !== undefined) return [{ ParameterKey: name, ParameterValue: value }];
    // A parameter that the stack's old template lacked has no previous value.
    if (found && Object.hasOwn(found.parameters, name))
      return [{ ParameterKey: name, UsePreviousValue: true }];
    return [];
  });
}

/** One line for each of the named stack resources when it has come to its end, and for any that fails. */
export function reportEvents(
  names: readonly string[],
  onProgress: (line: string) => void,
): (event: StackEvent) => void {
  const waiting = new Set(names);
  return ({ LogicalResourceId: name = '', ResourceType, ResourceStatus = '', ResourceStatusReason = '' }) => {
    if (ResourceType === 'AWS::CloudFormation::Stack') return;
    if (ResourceStatus.endsWith('_FAILED'))
      onProgress(`${name} (${ResourceType}) failed: ${ResourceStatusReason}`);
    const verb = verbs[ResourceStatus];
    if (verb === undefined || !waiting.delete(name)) return;
    onProgress(`${names.length - waiting.size}/${names.length} ${name} ${verb}`);
  };
}

const verbs: Record<string, string> = {
  CREATE_COMPLETE: 'made',
  UPDATE_COMPLETE: 'updated',
  IMPORT_COMPLETE: 'adopted',
  DELETE_COMPLETE: 'deleted',
  DELETE_SKIPPED: 'kept',
};
