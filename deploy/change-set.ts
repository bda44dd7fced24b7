import {
  CreateChangeSetCommand,
  type CreateChangeSetCommandOutput,
  DeleteChangeSetCommand,
  type DeleteChangeSetCommandOutput,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  type DescribeEventsCommand,
  type DescribeEventsCommandOutput,
  type Parameter,
} from '@aws-sdk/client-cloudformation';
import { setTimeout as wait } from 'node:timers/promises';
import { StackError } from './errors.ts';
import { findValidationErrors } from './stack-failure.ts';

export interface ChangeSetMaker {
  send(command: CreateChangeSetCommand): Promise<CreateChangeSetCommandOutput>;
  send(command: DescribeChangeSetCommand): Promise<DescribeChangeSetCommandOutput>;
  send(command: DeleteChangeSetCommand): Promise<DeleteChangeSetCommandOutput>;
  send(command: DescribeEventsCommand): Promise<DescribeEventsCommandOutput>;
}

export interface ChangeSetOptions {
  cloudformation: ChangeSetMaker;
  stackName: string;
  type: 'CREATE' | 'UPDATE';
  template: { body: string } | { url: string };
  parameters: Parameter[];
  tags: Record<string, string>;
  /** The template names resources that exist and that no stack has: they become the stack's. */
  adopts: boolean;
}

export interface ChangeSet {
  id: string;
  stackId: string;
  /** Logical ids of the stack resources that it names. */
  changes: string[];
}

/** Undefined when there is nothing to change. */
export async function makeChangeSet(options: ChangeSetOptions): Promise<ChangeSet | undefined> {
  const { cloudformation, stackName, type, template, adopts } = options;
  const created = await cloudformation.send(
    new CreateChangeSetCommand({
      StackName: stackName,
      ChangeSetName: `catchwater-${Date.now()}`,
      ChangeSetType: type,
      ...('url' in template ? { TemplateURL: template.url } : { TemplateBody: template.body }),
      Parameters: options.parameters,
      Tags: Object.entries(options.tags).map(([Key, Value]) => ({ Key, Value })),
      Capabilities: ['CAPABILITY_IAM'],
      // Validation would take what is to be adopted for a conflict of names.
      ...(adopts && { ImportExistingResources: true, DisableValidation: true }),
    }),
  );
  const { Id: id = '', StackId: stackId = '' } = created;
  const made = await untilMade(cloudformation, id);
  if (made.Status === 'FAILED') {
    const reason = made.StatusReason ?? '';
    const errors = isEmpty(reason) ? [] : await findValidationErrors(cloudformation, { ChangeSetName: id });
    await cloudformation.send(new DeleteChangeSetCommand({ ChangeSetName: id }));
    if (isEmpty(reason)) return undefined;
    throw new StackError(
      [`CloudFormation refuses the change of ${stackName}: ${reason}`, ...errors].join('\n'),
    );
  }
  return { id, stackId, changes: await readChanges(cloudformation, id, made) };
}

async function untilMade(
  cloudformation: ChangeSetMaker,
  id: string,
): Promise<DescribeChangeSetCommandOutput> {
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 3000)) {
    const made = await cloudformation.send(new DescribeChangeSetCommand({ ChangeSetName: id }));
    if (made.Status !== 'CREATE_PENDING' && made.Status !== 'CREATE_IN_PROGRESS') return made;
    await wait(pause);
  }
}

async function readChanges(
  cloudformation: ChangeSetMaker,
  id: string,
  first: DescribeChangeSetCommandOutput,
): Promise<string[]> {
  const changes = [...(first.Changes ?? [])];
  let next = first.NextToken;
  while (next !== undefined) {
    const page = await cloudformation.send(
      new DescribeChangeSetCommand({ ChangeSetName: id, NextToken: next }),
    );
    changes.push(...(page.Changes ?? []));
    next = page.NextToken;
  }
  return changes.flatMap(({ ResourceChange }) => ResourceChange?.LogicalResourceId ?? []);
}

/** "No changes" is a failed change set with one of two texts. */
function isEmpty(reason: string): boolean {
  return /didn't contain changes|No updates are to be performed/.test(reason);
}
