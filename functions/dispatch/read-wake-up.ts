interface Message {
  messageId?: string;
  body?: string;
}

export interface IgnoredMessage {
  messageId: string;
  reason: string;
}

/**
 * What is odd about an invocation, for the log. An event carries no fact that counts: whatever it says, the dispatcher
 * looks at the ledger. So nothing here can fail, and every message is done with.
 */
export function readWakeUp(event: unknown): IgnoredMessage[] {
  const records = (event as { Records?: unknown } | null | undefined)?.Records;
  if (!Array.isArray(records)) return [];
  return records.flatMap((message: Message | null) => {
    const reason = oddity(message?.body);
    return reason === undefined ? [] : [{ messageId: message?.messageId ?? 'unknown', reason }];
  });
}

function oddity(body: string | undefined): string | undefined {
  try {
    const event = JSON.parse(body ?? '') as { Records?: unknown; Event?: unknown } | null;
    if (Array.isArray(event?.Records)) return undefined;
    // S3 sends this one when the notification is set up.
    return event?.Event === 's3:TestEvent' ? 'a test event of S3' : 'not an event of S3';
  } catch {
    return 'not JSON';
  }
}
