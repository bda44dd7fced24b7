/** A row whose event time changes lies in one place: the new one. */
import { expect } from 'chai';
import { startHostileApi, type HostileApi } from '../conformance/api-server.ts';
import { deployScripted, type ScriptedStack } from '../support/scripted-stack.ts';

const source = `version: 1
name: billing
client: { base_url: '{api}/' }
resources:
  - name: invoices
    endpoint: { path: invoices }
    columns: { id: bigint, due: timestamp, amount: bigint, status: string }
    primary_key: id
    event_time: due
    partition_by: day
    moving_keys: true
    delete_when: status = 'void'
`;

interface Invoice {
  id: number;
  due: string;
  amount: number;
  status: string;
}

const invoice = (id: number, day: number, more: Partial<Invoice> = {}): Invoice => ({
  id,
  due: `2026-11-${String(day).padStart(2, '0')}T08:00:00Z`,
  amount: id * 10,
  status: 'open',
  ...more,
});

describe('moving keys', function () {
  this.timeout(600_000);
  let api: HostileApi;
  let stack: ScriptedStack;

  before(async () => {
    api = await startHostileApi();
    stack = await deployScripted(source, { apiUrl: api.url });
  });
  after(async () => {
    await stack?.destroy();
    await api.stop();
  });

  /** Fetches what the API says now; the receipt of the load that it leads to. */
  const load = async (invoices: Invoice[]) => {
    api.play(() => ({ json: invoices }));
    expect(await stack.tick()).to.deep.equal({});
    const last = (await stack.loadAll(['invoices'])).at(-1);
    expect(last?.receipt).to.include({ balanced: true });
    return last?.receipt;
  };
  /** Row by row: id, and the day's folder that holds it. */
  const places = async (): Promise<unknown[][]> =>
    (await stack.query('SELECT id, day FROM invoices ORDER BY id, day')).map(Object.values);

  it('lie where the source says at first', async () => {
    expect(await load([invoice(1, 3), invoice(2, 3), invoice(3, 5)])).to.include({ inserted: 3, moved: 0 });
    expect(await places()).to.deep.equal([
      [1, 3],
      [2, 3],
      [3, 5],
    ]);
  });

  it('leave no copy where they were, in a partition that no row comes for', async () => {
    const receipt = await load([invoice(1, 9), invoice(2, 3, { amount: 21 })]);
    expect(receipt).to.include({ inserted: 1, updated: 1, moved: 1, removed: 1 });
    expect(await places()).to.deep.equal([
      [1, 9],
      [2, 3],
      [3, 5],
    ]);
    expect((await stack.query('SELECT amount FROM invoices WHERE id = 2')).map(Object.values)).to.deep.equal([
      [21],
    ]);
  });

  it('are found wherever they are when a row deletes them', async () => {
    const receipt = await load([invoice(1, 12, { status: 'void' }), invoice(3, 3)]);
    expect(receipt).to.include({ inserted: 1, moved: 2, removed: 2 });
    expect(await places()).to.deep.equal([
      [2, 3],
      [3, 3],
    ]);
  });
});
