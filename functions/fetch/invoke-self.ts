import { InvokeCommand, type InvokeCommandOutput } from '@aws-sdk/client-lambda';
import type { FetchEvent } from './read-event.ts';

export interface Invoker {
  send(command: InvokeCommand): Promise<InvokeCommandOutput>;
}

/**
 * Has Lambda invoke this function once more, with this event and on its own. The client hands on what has led to this
 * invocation, so that Lambda would stop a function that invokes itself without end.
 */
export async function invokeSelf(lambda: Invoker, functionName: string, event: FetchEvent): Promise<void> {
  const Payload = JSON.stringify(event);
  await lambda.send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
}
