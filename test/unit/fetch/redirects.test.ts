import { expect } from 'chai';
import { fetchSource } from '../../../functions/fetch/fetch-source.ts';
import type { BudgetPolicy } from '../../../pipeline/source/source.ts';
import { fetchWorld, resource, scheduledAt, source } from '../../support/fetch-world.ts';

const slices = [{ city: 'Oslo' }, { city: 'Rome' }, { city: 'Lima' }];

/** How many requests the API gets within the hour. */
async function requestsWithin(limit: number): Promise<number> {
  const world = fetchWorld(({ url }) =>
    url.pathname === '/v1/people'
      ? { status: 307, headers: { location: `/v2/people${url.search}` } }
      : { body: '[1]' },
  );
  const policies: BudgetPolicy[] = [{ limit, per_ms: 3_600_000, window: 'fixed' }];
  const client = { concurrency: 1, api_budget: { name: 'api', policies, reserve: 0 } };
  await fetchSource(source([resource('people', slices)], client), { scheduledAt }, world.deps());
  return world.requests.length;
}

describe('a request that is redirected', () => {
  const table: [limit: number, requests: number][] = [
    [6, 6],
    [4, 4],
    // The second half of an answer does not wait: the next request does.
    [3, 4],
    [1, 2],
  ];
  for (const [limit, requests] of table) {
    it(`counts twice in a budget: of ${limit}, ${requests} are sent`, async () => {
      expect(await requestsWithin(limit)).to.equal(requests);
    });
  }
});
