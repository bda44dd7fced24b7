import type {
  BatchGetCommand,
  BatchGetCommandOutput,
  GetCommand,
  GetCommandOutput,
  PutCommand,
  PutCommandOutput,
  QueryCommand,
  QueryCommandOutput,
  TransactWriteCommand,
  TransactWriteCommandOutput,
  UpdateCommand,
  UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';

/** The DynamoDB table and who talks to it; made once by the entry point, passed to every transition. */
export interface Ledger {
  table: string;
  dynamo: LedgerClient;
}

export interface LedgerClient {
  send(command: GetCommand): Promise<GetCommandOutput>;
  send(command: PutCommand): Promise<PutCommandOutput>;
  send(command: UpdateCommand): Promise<UpdateCommandOutput>;
  send(command: QueryCommand): Promise<QueryCommandOutput>;
  send(command: BatchGetCommand): Promise<BatchGetCommandOutput>;
  send(command: TransactWriteCommand): Promise<TransactWriteCommandOutput>;
}

interface Expressions {
  update?: string;
  condition?: string;
  values?: Record<string, unknown>;
}

interface ExpressionParameters {
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
}

/**
 * The expression parameters of a write. Attributes are always written `#name` (many of ours are reserved words of
 * DynamoDB) and stand for themselves; values are written `:name`.
 */
export function expressions(
  parts: Expressions & { update: string },
): ExpressionParameters & { UpdateExpression: string };
export function expressions(parts: Expressions): ExpressionParameters;
export function expressions({ update, condition, values }: Expressions): ExpressionParameters {
  const names = `${update ?? ''} ${condition ?? ''}`.match(/#\w+/g) ?? [];
  return {
    ...(update && { UpdateExpression: update }),
    ...(condition && { ConditionExpression: condition }),
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
    }),
    ...(values && {
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  };
}

/**
 * Makes one conditional write. False: its condition does not hold, or another transaction has the same items in hand;
 * either way someone else is moving this work, or has moved it. Any other failure is thrown.
 */
export async function won(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof Error && isLostRace(error)) return false;
    throw error;
  }
}

const lost = ['None', 'ConditionalCheckFailed', 'TransactionConflict'];

function isLostRace(error: Error & { CancellationReasons?: { Code?: string }[] }): boolean {
  if (error.name === 'ConditionalCheckFailedException') return true;
  return (
    error.name === 'TransactionCanceledException' &&
    (error.CancellationReasons ?? [{}]).every((reason) => lost.includes(reason.Code ?? ''))
  );
}
