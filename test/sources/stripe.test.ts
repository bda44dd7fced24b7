import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import type { Answer, Question } from '../conformance/api-server.ts';
import { fixture, sourcePlayer, targets } from './play-source.ts';

const secrets = { 'stripe-key': 'rk_test_51Made', 'stripe-hash-key': 'a-key-for-hashing' };
const hashed = (text: string) => createHmac('sha256', secrets['stripe-hash-key']).update(text).digest('hex');

/** Each fetch of events gets the next of the files, the last one again and again. */
async function account(...eventFiles: string[]) {
  const [first, second] = [
    await fixture('stripe/customers-1.json'),
    await fixture('stripe/customers-2.json'),
  ];
  const events: Answer[] = [];
  for (const name of eventFiles) events.push(await fixture(`stripe/${name}.json`));
  return () => {
    let asked = 0;
    return ({ path, query }: Question): Answer => {
      if (path !== '/v1/events') return query.get('starting_after') === 'cus_B' ? second : first;
      asked += 1;
      return events[Math.min(asked, events.length) - 1] ?? { status: 418 };
    };
  };
}

const list = {};
const events = { resource: 'customer_events' };

describe('sources/stripe.yaml', () => {
  const { play } = sourcePlayer('stripe');

  it('asks for the page after the last customer while there is more, with the key as user name', async () => {
    const { seen, warnings } = await play(await account(), { secrets });
    expect(warnings).to.equal('');
    expect(seen[0]?.reason).to.equal('');
    expect(targets(seen[0]!)).to.deep.equal([
      '/v1/customers?limit=100',
      '/v1/customers?limit=100&starting_after=cus_B',
    ]);
    const basic = Buffer.from(`${secrets['stripe-key']}:`).toString('base64');
    expect(seen[0]?.questions[0]?.headers['authorization']).to.equal(`Basic ${basic}`);
    expect(seen[0]?.rows.map(({ id }) => id)).to.deep.equal(['cus_C', 'cus_B', 'cus_A']);
  });

  it('stores no name, address or e-mail address, and the same hash for the same address', async () => {
    const { seen } = await play(await account('events-before', 'events-later'), {
      secrets,
      fetches: [list, events, events],
    });
    const [cara, ada, other] = seen[0]?.rows ?? [];
    expect(cara).to.include({
      email: hashed('cara@example.com'),
      country: 'NO',
      created_at: '2026-11-21 08:33:20',
    });
    expect(ada?.['email']).to.equal(other?.['email']).and.to.equal(hashed('ada@example.com'));
    const personal = ['Cara Example', 'Ada Example', 'ada@example.com', 'old@example.com', '+4712345678'];
    for (const { text, reason } of seen) {
      expect(reason).to.equal('');
      expect(text).to.include('cus_');
      for (const part of [...personal, 'Storgata', 'Bryggen']) expect(text).to.not.include(part);
    }
  });

  it('asks for the events since the last one', async () => {
    const { seen } = await play(await account('events-before'), { secrets, fetches: [events, events] });
    expect(targets(seen[0]!)[0]).to.include('created[gte]=1795169100');
    expect(targets(seen[0]!)[0]).to.include('types[0]=customer.created&types[1]=customer.updated');
    expect(targets(seen[1]!)[0]).to.include('created[gte]=1795249701');
  });

  it('lists the customers once, then follows the events: older ones do not win, deleted customers go', async () => {
    const { source, seen } = await play(await account('events-before', 'events-later'), {
      secrets,
      fetches: [list, events, events],
    });
    expect(source.resources.map(({ once, table }) => [once, table.name])).to.deep.equal([
      [true, 'customers'],
      [undefined, 'customers'],
    ]);
    const tables = seen.map(({ table }) =>
      table.map(({ id, balance, country, change }) => [id, balance, country, change]),
    );
    const listed = [
      ['cus_A', '0', null, '0 listed'],
      ['cus_B', '-1500', null, '0 listed'],
      ['cus_C', '0', 'NO', '0 listed'],
    ];
    expect(tables).to.deep.equal([
      listed,
      listed,
      [listed[0], ['cus_B', '-500', 'NO', '2 updated'], ['cus_D', '0', null, '1 created']],
    ]);
  });

  it('gives the same table when the list comes after the events', async () => {
    const { seen } = await play(await account('events-later'), {
      secrets,
      fetches: [
        { ...events, at: '2026-11-21T11:05:00Z' },
        { ...list, at: '2026-11-21T10:05:00Z' },
      ],
    });
    expect(seen[1]?.table.map(({ id, balance }) => [id, balance])).to.deep.equal([
      ['cus_A', '0'],
      ['cus_B', '-500'],
      ['cus_D', '0'],
    ]);
  });
});
