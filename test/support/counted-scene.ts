/** A dispatcher whose stock has been due once, and what tests take away or put beside its back. */
import type { FetchItem, ObjectItem, StockItem } from '../../pipeline/ledger/items.ts';
import { dispatchScene, minute, weather, type DispatchScene } from './dispatch-scene.ts';
import type { Gate, Logged } from './fake-aws.ts';
import { fetchItem } from './load-samples.ts';

export type CountedScene = Awaited<ReturnType<typeof countedScene>>;

export async function countedScene(options: Parameters<typeof dispatchScene>[0] = {}) {
  const aws: DispatchScene = dispatchScene(options);
  // The first wake-up writes down when stock is due first.
  await aws.wake();
  return Object.assign(aws, {
    stock: () => aws.dynamo.items.get(JSON.stringify(['STOCK', 'STOCK'])) as unknown as StockItem,
    /** A window whose objects have been loaded, or wait. */
    keep(at: string, objects = 2, state: ObjectItem['state'] = 'done', resource = 'weather'): string[] {
      const { work: _, work_at: __, ...fetch } = fetchItem(resource, at, objects);
      aws.dynamo.put(fetch);
      for (const object of fetch.objects ?? []) {
        const pending = { work: 'object#00', work_at: at };
        aws.dynamo.put({
          ...object,
          pk: `OBJECT#${object.key}`,
          sk: 'OBJECT',
          resource,
          scheduled_at: at,
          state,
          attempts: 0,
          registered_at: at,
          ...(state === 'pending' ? pending : { load: '20261120T000000000Z-0000', rows: 10, quarantined: 0 }),
        });
      }
      return keysOf(fetch);
    },
    /** A window of which the ledger has lost that it is to be registered, and its objects. */
    lose(at: string, objects = 2, more: Partial<FetchItem> = {}): string[] {
      const { work: _, work_at: __, ...fetch } = fetchItem('weather', at, objects);
      aws.dynamo.put({ ...fetch, ...more });
      return keysOf(fetch);
    },
    /** A wake-up at which stock is due; the whole, unless the last whole one was less than a day ago. */
    count(gate?: Gate): Promise<void> {
      aws.clock += 61 * minute;
      return aws.wake(weather, {}, gate);
    },
    object: (key: string) =>
      aws.dynamo.items.get(JSON.stringify([`OBJECT#${key}`, 'OBJECT'])) as unknown as ObjectItem | undefined,
    logsOf: (event: string): Logged[] => aws.logs.filter((log) => log.event === event),
  });
}

function keysOf({ objects = [] }: FetchItem): string[] {
  return objects.map(({ key }) => key);
}
