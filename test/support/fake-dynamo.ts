/**
 * DynamoDB in memory, as far as the ledger uses it: conditional writes, transactions, and the index `work`, which may be
 * told to lag behind the table as the real one does. The same cases run against this and against the local AWS.
 */
import {
  BatchGetCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { LedgerClient } from '../../pipeline/ledger/ledger.ts';
import { storedItem } from './fake-limits.ts';
import { applyUpdate, checkUse, holds, type Attributes, type ExpressionInput } from './fake-expressions.ts';

type Key = { pk: string; sk: string };
type Item = Key & Attributes;

export interface FakeDynamo extends LedgerClient {
  items: Map<string, Item>;
  /** Writes without a condition, as another part of the product. */
  put: (item: object) => void;
}

/** `pageSize` items per query page; `catchUp` says how many of the writes it has not seen yet the index now applies. */
export function fakeDynamo({
  pageSize = 3,
  catchUp = (behind: number) => behind,
}: { pageSize?: number; catchUp?: (behind: number) => number } = {}): FakeDynamo {
  const items = new Map<string, Item>();
  const index = new Map<string, Item>();
  const unseen: [string, Item][] = [];

  const write = (item: Item): void => {
    items.set(idOf(item), item);
    unseen.push([idOf(item), item]);
  };

  /** What the write makes of the item; throws when its condition does not hold. */
  const prepare = (input: ExpressionInput & { Key?: unknown; Item?: unknown }): Item => {
    checkUse(input);
    const key = (input.Key ?? input.Item) as Key;
    const old = items.get(idOf(key));
    if (!holds(input, old ?? {})) throw failure('ConditionalCheckFailedException');
    const { pk, sk } = key;
    const item = input.Item ?? applyUpdate(input, structuredClone(old) ?? { pk, sk });
    return storedItem(item as Attributes) as Item;
  };

  const transact = (command: TransactWriteCommand): void => {
    const inputs = (command.input.TransactItems ?? []).map((item) => item.Put ?? item.Update);
    const results = inputs.map((input) => {
      try {
        return prepare(input as ExpressionInput);
      } catch (error) {
        return error as Error;
      }
    });
    if (results.some((result) => result instanceof Error)) {
      throw Object.assign(failure('TransactionCanceledException'), {
        CancellationReasons: results.map((result) => ({
          Code: result instanceof Error ? result.name.replace(/Exception$/, '') : 'None',
        })),
      });
    }
    for (const result of results) write(result as Item);
  };

  /** Of one partition of the table itself, which knows every write at once. */
  const queryPartition = ({ input }: QueryCommand): Attributes => {
    const values = (input.ExpressionAttributeValues ?? {}) as Record<string, string>;
    const { ':pk': pk, ':prefix': prefix = '', ':from': from = '', ':to': to = '\uffff' } = values;
    const isForward = input.ScanIndexForward !== false;
    const after = input.ExclusiveStartKey as Key | undefined;
    const all = [...items.values()]
      .filter((item) => item.pk === pk && item.sk.startsWith(prefix) && item.sk >= from && item.sk <= to)
      .toSorted((a, b) => (a.sk < b.sk === isForward ? -1 : 1))
      .filter((item) => !after || (item.sk > after.sk === isForward && item.sk !== after.sk));
    const page = all.slice(0, Math.min(pageSize, input.Limit ?? pageSize));
    const last = page.at(-1);
    return {
      Items: structuredClone(page),
      ...(last && all.length > page.length && { LastEvaluatedKey: { pk: last.pk, sk: last.sk } }),
    };
  };

  const query = (command: QueryCommand): Attributes => {
    if (command.input.IndexName === undefined) return queryPartition(command);
    for (const [id, item] of unseen.splice(0, catchUp(unseen.length))) index.set(id, item);
    const work = command.input.ExpressionAttributeValues?.[':work'] as unknown;
    const after = command.input.ExclusiveStartKey as (Key & { work_at: string }) | undefined;
    const all = [...index.values()]
      .filter((item) => item['work'] === work)
      .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
      .filter((item) => !after || orderOf(item) > orderOf(after as unknown as Item));
    const page = all.slice(0, pageSize);
    const last = page.at(-1);
    return {
      Items: structuredClone(page),
      ...(last && all.length > page.length && { LastEvaluatedKey: { ...last } }),
    };
  };

  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof GetCommand)
      return { Item: structuredClone(items.get(idOf(command.input.Key as Key))) };
    if (command instanceof PutCommand) return write(prepare(command.input as ExpressionInput));
    if (command instanceof UpdateCommand) return write(prepare(command.input as ExpressionInput));
    if (command instanceof TransactWriteCommand) return transact(command);
    if (command instanceof QueryCommand) return query(command);
    if (command instanceof BatchGetCommand) {
      const [table, request] = Object.entries(command.input.RequestItems ?? {})[0] ?? [];
      const found = (request?.Keys ?? []).map((key) => items.get(idOf(key as Key)));
      return { Responses: { [table ?? '']: structuredClone(found.filter((item) => item !== undefined)) } };
    }
    throw new Error(`the fake DynamoDB does not know ${String(command)}`);
  };
  return { items, put: (item) => write(structuredClone(item) as Item), send: send as LedgerClient['send'] };
}

function idOf({ pk, sk }: Key): string {
  return JSON.stringify([pk, sk]);
}

function orderOf(item: Item): string {
  return JSON.stringify([item['work_at'], item.pk, item.sk]);
}

function failure(name: string): Error {
  return Object.assign(new Error(name), { name });
}
