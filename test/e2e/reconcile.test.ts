/** What an API has forgotten is gone from the table after the next complete listing, and nothing else is. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { lastLogLines } from '../../local/read-logs.ts';
import type { LeaseItem, LoadItem, TableItem } from '../../pipeline/ledger/items.ts';
import { startHostileApi, type HostileApi } from '../conformance/api-server.ts';
import { configOf } from '../support/local-stack.ts';
import { listFiles, queryFiles } from '../support/read-table.ts';
import { deployScripted, type ScriptedStack } from '../support/scripted-stack.ts';

const source = `version: 1
name: club
client: { base_url: '{api}/', max_attempts: 2 }
resources:
  - name: members
    endpoint: { path: members, params: { since: '{incremental.start_value}' } }
    incremental: { cursor_path: $.updated_at, initial_value: '2025-01-01' }
    reconcile: { every: P7D, delete_missing: true }
    columns: { id: bigint, name: string, created_at: timestamp, updated_at: timestamp }
    primary_key: id
    order_by: updated_at
    event_time: { column: created_at, immutable: true }
    partition_by: month
    child_tables:
      - name: badges
        records: $.badges
        columns: { member: { type: bigint, from_parent: $.id }, name: string }
        primary_key: [member, name]
        partition_by: none
`;

interface Member {
  id: number | null;
  name: string;
  created_at: string;
  updated_at: string;
  badges: { name: string }[];
}

/** Joined in a month of its own. */
function member(id: number, more: Partial<Member> = {}): Member {
  const time = `2026-0${id}-10T00:00:00Z`;
  return { id, name: `member ${id}`, created_at: time, updated_at: time, badges: [{ name: 'new' }], ...more };
}

const month = (id: number) => `members/year=2026/month=0${id}/part-0.parquet`;

describe('complete listings', function () {
  this.timeout(600_000);
  let api: HostileApi;
  let stack: ScriptedStack;
  let members: Member[];

  before(async () => {
    api = await startHostileApi();
    stack = await deployScripted(source, { apiUrl: api.url });
  });
  after(async () => {
    await stack?.destroy();
    await api.stop();
  });
  beforeEach(() => {
    api.play(({ query }) => ({
      json: members.filter(({ updated_at: time }) => time >= (query.get('since') ?? '')),
    }));
  });

  const item = async <Item>(pk: string, sk: string): Promise<Item | undefined> => {
    const Key = { pk, sk };
    const TableName = stack.outputs['LedgerTable'];
    return (await stack.clients.ledger.send(new GetCommand({ TableName, Key, ConsistentRead: true })))
      .Item as Item | undefined;
  };
  const table = (name = 'members') => item<TableItem>(`TABLE#${name}`, 'TABLE');

  /** Nothing is left to do: for a window, a listing, a load or a sweep. */
  async function isQuiet(): Promise<boolean> {
    const lease = await item<LeaseItem>('LEASE', 'LEASE');
    const open = (await stack.fetches('members')).filter(({ work }) => work !== undefined);
    return lease?.load === undefined && open.length === 0 && (await table())?.sweep === undefined;
  }

  /** Fetches, and wakes the dispatcher until nothing is left to do; the loads that came of it. */
  async function tick(scheduledAt: string): Promise<LoadItem[]> {
    const known = (await stack.loads()).map(({ load }) => load);
    expect(await stack.fetch(scheduledAt)).to.deep.equal({});
    return settle(known);
  }

  async function settle(known: string[]): Promise<LoadItem[]> {
    // Two loads, one after the other.
    await stack.until(async () => ((await isQuiet()) ? true : undefined), 4);
    const loads = (await stack.loads()).filter(({ load }) => !known.includes(load));
    for (const { receipt } of loads) expect(receipt).to.include({ balanced: true });
    return loads;
  }

  const rows = async (sql: string): Promise<unknown[][]> => (await stack.query(sql)).map(Object.values);
  const ids = async (name: string, column: string): Promise<unknown[]> =>
    (await rows(`SELECT DISTINCT ${column} FROM ${name} ORDER BY 1`)).flat();
  const bucket = () => stack.outputs['CuratedBucket'] ?? '';
  const files = async () => (await listFiles(stack.clients.s3, bucket(), 'members/')).map(({ key }) => key);
  const asked = () => api.questions.map(({ query }) => query.get('since'));

  it('begin with the first window, which nothing is missing from', async () => {
    members = [1, 2, 3, 4, 5].map((id) => member(id));
    const loads = await tick('2026-09-01T09:00:00Z');
    expect(loads.map(({ receipt }) => receipt?.vanished)).to.deep.equal([0, 0]);
    expect(await ids('members', 'id')).to.deep.equal([1, 2, 3, 4, 5]);
    const [first] = await stack.fetches('members');
    expect(await table()).to.include({ mark: first?.complete_from });
    expect(await table('badges')).to.include({ mark: first?.complete_from });
  });

  it('are not every window: what the API has forgotten stays till the next one', async () => {
    members = [1, 3, 4].map((id) => member(id)).concat(member(6));
    const loads = await tick('2026-09-02T09:00:00Z');
    expect(loads).to.have.length(1);
    expect(asked()).to.deep.equal(['2026-05-10T00:00:00Z']);
    expect(await ids('members', 'id')).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('take away what the API has forgotten, in files that no row comes for too', async () => {
    const before = await files();
    // The source of truth went back in time: the stored row had won by its order.
    members[0] = member(1, { name: 'member 1 restored', updated_at: '2026-01-05T00:00:00Z' });
    const loads = await tick('2026-09-08T09:00:00Z');
    expect(asked()).to.deep.equal(['2025-01-01T00:00:00Z']);
    expect(loads).to.have.length(2);
    expect(loads[1]?.receipt).to.include({ vanished: 4, removed: 4, inserted: 0 });
    expect(await rows('SELECT id, name FROM members ORDER BY id')).to.deep.equal([
      [1, 'member 1 restored'],
      [3, 'member 3'],
      [4, 'member 4'],
      [6, 'member 6'],
    ]);
    expect(await ids('badges', 'member')).to.deep.equal([1, 3, 4, 6]);
    // Their last row is gone; the files stay.
    expect(await files())
      .to.deep.equal(before)
      .and.include.members([month(2), month(5)]);
    const left = await queryFiles(stack.clients.s3, bucket(), {
      prefix: month(2).replace(/part.*/, ''),
      sql: 'SELECT count(*) AS rows FROM {files}',
    });
    expect(left).to.deep.equal([{ rows: '0' }]);
    const listing = await stack.lastFetch('members');
    expect(await table()).to.include({ mark: listing?.complete_from });
  });

  it('keep gone what is gone when older responses come in again', async () => {
    const [first] = await stack.fetches('members');
    const known = (await stack.loads()).map(({ load }) => load);
    for (const { key } of first?.objects ?? []) {
      await stack.clients.ledger.send(
        new UpdateCommand({
          TableName: stack.outputs['LedgerTable'],
          Key: { pk: `OBJECT#${key}`, sk: 'OBJECT' },
          UpdateExpression: 'SET #state = :pending, #work = :shard, work_at = :since',
          ExpressionAttributeNames: { '#state': 'state', '#work': 'work' },
          ExpressionAttributeValues: {
            ':pending': 'pending',
            ':shard': 'object#00',
            ':since': '2026-09-01T09:00:00.000Z',
          },
        }),
      );
    }
    await stack.wake();
    const loads = await settle(known);
    expect(loads.map(({ receipt }) => receipt)).to.have.length(1);
    expect(loads[0]?.receipt).to.include({ inserted: 0, updated: 0, rowsParsed: 10, duplicate: 10 });
    expect(await ids('members', 'id')).to.deep.equal([1, 3, 4, 6]);
  });

  const refused: [what: string, answer: Member[], reason: string][] = [
    ['are empty', [], 'it is empty'],
    ['hold a row that cannot be read', [member(3), member(4, { id: null })], 'in quarantine'],
  ];
  for (const [index, [what, answer, reason]] of refused.entries()) {
    it(`take nothing away when they ${what}`, async () => {
      const { mark } = (await table()) ?? {};
      members = answer;
      const since = new Date();
      const loads = await tick(`2026-10-${String(10 + index * 7)}T09:00:00Z`);
      expect(asked()).to.deep.equal(['2025-01-01T00:00:00Z']);
      expect(loads).to.have.length(1);
      expect(await ids('members', 'id')).to.deep.equal([1, 3, 4, 6]);
      expect(await table()).to.include({ mark });
      const log = await lastLogLines(
        { group: stack.outputs['DispatchLogGroup'] ?? '', since, most: 1000 },
        { logs: new CloudWatchLogsClient(configOf(stack.environment)) },
      );
      const warning = log.find((line) => line.includes('"listing not applied"'));
      expect(JSON.parse(warning ?? '{}')).to.include({ level: 'WARN', resource: 'members' });
      expect(warning).to.include(reason);
    });
  }
});
