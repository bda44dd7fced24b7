import {
  DescribeStackEventsCommand,
  type DescribeStackEventsCommandOutput,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { setTimeout as wait } from 'node:timers/promises';
import { describeStack, type StackReader, type StackState } from './describe-stack.ts';

export type StackWatcher = StackReader & {
  send(command: DescribeStackEventsCommand): Promise<DescribeStackEventsCommandOutput>;
};

export interface WaitOptions {
  cloudformation: StackWatcher;
  /** The id, which still finds the stack when it has been deleted. */
  stackId: string;
  /** The newest event before the operation: only later ones are its own. */
  after: string | undefined;
  onEvent: (event: StackEvent) => void;
}

export interface StackEnd {
  /** Undefined: the stack is gone. */
  state: StackState | undefined;
  events: StackEvent[];
}

const [firstPause, longestPause] = [200, 5000];

/** Polls until the operation has ended, quickly at first: the local AWS needs a second, AWS minutes. */
export async function waitForStack(options: WaitOptions): Promise<StackEnd> {
  const events: StackEvent[] = [];
  let seen = options.after;
  for (let pause = firstPause; ; pause = Math.min(pause * 1.3, longestPause)) {
    const state = await describeStack(options.cloudformation, options.stackId);
    const fresh = await readEvents(options.cloudformation, options.stackId, seen);
    seen = fresh.at(-1)?.EventId ?? seen;
    events.push(...fresh);
    fresh.forEach(options.onEvent);
    if (!state || hasEnded(state, events)) return { state, events };
    await wait(pause);
  }
}

/** The state of before is still shown for a moment after an operation was asked for: its own last event must be there. */
function hasEnded({ status }: StackState, events: readonly StackEvent[]): boolean {
  const isOwn = events.some(
    ({ ResourceType, ResourceStatus }) =>
      ResourceType === 'AWS::CloudFormation::Stack' && ResourceStatus === status,
  );
  return isOwn && !status.endsWith('_IN_PROGRESS');
}

export async function newestEvent(
  cloudformation: StackWatcher,
  stackId: string,
): Promise<string | undefined> {
  const { StackEvents } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: stackId }));
  return StackEvents?.[0]?.EventId;
}

/** Events later than the one named, oldest first. */
async function readEvents(
  cloudformation: StackWatcher,
  stackId: string,
  after: string | undefined,
): Promise<StackEvent[]> {
  const fresh: StackEvent[] = [];
  let next: string | undefined;
  do {
    const page = await cloudformation.send(
      new DescribeStackEventsCommand({ StackName: stackId, ...(next !== undefined && { NextToken: next }) }),
    );
    for (const event of page.StackEvents ?? []) {
      if (event.EventId === after) return fresh.toReversed();
      fresh.push(event);
    }
    next = page.NextToken;
  } while (next !== undefined);
  return fresh.toReversed();
}
