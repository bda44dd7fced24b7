import { BatchGetCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';

type Item = Record<string, unknown> & { pk: string; sk: string };

export interface ReadableLedger extends Ledger {
  put(item: Item): void;
}

/** A ledger for those who only read it by key. */
export function readableLedger(): ReadableLedger {
  const items: Item[] = [];
  const find = (key: unknown) =>
    items.find(({ pk, sk }) => pk === (key as Item).pk && sk === (key as Item).sk);
  const send = (command: unknown): Promise<object> => {
    if (command instanceof GetCommand) return Promise.resolve({ Item: find(command.input.Key) });
    if (command instanceof BatchGetCommand) {
      const [request] = Object.entries(command.input.RequestItems ?? {});
      const [table = '', { Keys } = { Keys: [] }] = request ?? [];
      return Promise.resolve({ Responses: { [table]: (Keys ?? []).flatMap((key) => find(key) ?? []) } });
    }
    if (!(command instanceof QueryCommand)) throw new TypeError('only reads are expected');
    const values = command.input.ExpressionAttributeValues ?? {};
    const found = items.filter(({ pk, sk }) => pk === values[':pk'] && sk > String(values[':above']));
    return Promise.resolve({ Items: found.toSorted((one, other) => (one.sk < other.sk ? -1 : 1)) });
  };
  return {
    table: 'ledger',
    dynamo: { send } as Ledger['dynamo'],
    put(item) {
      const old = find(item);
      if (old) items.splice(items.indexOf(old), 1);
      items.push(item);
    },
  };
}
