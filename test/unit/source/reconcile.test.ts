import { expect } from 'chai';
import { changed, loadText } from './load-weather.ts';

/** Items of shops of lands; the shops of the last days alone. */
const market = `version: 1
name: market
client: { base_url: 'https://api.example.com/' }
resources:
  - name: lands
    endpoint: { path: lands }
    columns: { id: bigint }
    primary_key: id
    partition_by: none
  - name: shops
    for_each: { land: { resource: lands } }
    endpoint: { path: 'lands/{land.id}/shops', params: { since: '{incremental.start_value}' } }
    incremental: { cursor_path: $.at, initial_value: '2026-01-01' }
    columns: { id: bigint, at: timestamp }
    primary_key: id
    partition_by: none
  - name: items
    for_each: { shop: { resource: shops } }
    reconcile: { every: P7D, delete_missing: true }
    endpoint: { path: 'shops/{shop.id}/items' }
    columns: { id: bigint }
    primary_key: id
    partition_by: none
`;

async function problemsOf(text: string): Promise<string[]> {
  const loaded = await loadText(text);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  return problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('a complete listing in the order of changes', () => {
  const newestFirst = changed(
    "initial_value: '2026-01-01' }\n",
    "initial_value: '2026-01-01', row_order: desc }\n    reconcile: { every: P7D, delete_missing: true }\n",
    market,
  );

  it('is taken with a warning: rows may be gone until the next fetch', async () => {
    expect(await problemsOf(newestFirst)).to.deep.equal([
      '13:79 newest change first: a row that changes while pages are read moves past those that are left, and is gone until the next fetch brings it; list by creation where the API can',
    ]);
  });

  it('is fine where nothing is deleted', async () => {
    expect(
      await problemsOf(changed('delete_missing: true', 'delete_missing: false', newestFirst)),
    ).to.deep.equal([]);
  });
});

describe('a complete listing of what belongs to the records of a parent', () => {
  it('is taken where all of the parents are listed', async () => {
    expect(await problemsOf(market)).to.deep.equal([]);
  });

  const elements = "19:46 the elements here are the records of 'shops': ";
  const end = 'and what belongs to them would be deleted; write delete_missing: false';
  for (const [what, from, to, why] of [
    [
      'the parent begins some days ago',
      "initial_value: '2026-01-01'",
      'initial_value: -P30D',
      'a listing that begins P30D before it is made leaves out older rows, ',
    ],
    [
      'the parent is asked up to a time',
      "{ since: '{incremental.start_value}' } }\n    incremental: {",
      "{ since: '{incremental.start_value}', to: '{incremental.end_value}' } }\n    incremental: { bounds: half_open,",
      'with {incremental.end_value} a listing leaves out rows that change while it is made, ',
    ],
    [
      'the API forgets its records',
      "'2026-01-01' }",
      "'2026-01-01', api_retention: P90D }",
      'its api_retention leaves out records, ',
    ],
  ] as const) {
    it(`is refused where ${what}`, async () => {
      const text = changed(from, to, market);
      expect(await problemsOf(text)).to.deep.equal([`${elements}${why}${end}`]);
      expect(await problemsOf(changed('delete_missing: true', 'delete_missing: false', text))).to.deep.equal(
        [],
      );
    });
  }

  it('is refused for the parents of its parent too', async () => {
    const text = changed(
      '    endpoint: { path: lands }\n',
      "    endpoint: { path: lands, params: { since: '{incremental.start_value}' } }\n" +
        '    incremental: { cursor_path: $.at, initial_value: -P1Y }\n',
      market,
    );
    const [problem] = await problemsOf(text);
    expect(problem).to.include(
      "20:46 the elements here are the records of 'lands': a listing that begins P1Y before",
    );
  });
});
