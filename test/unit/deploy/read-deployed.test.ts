import { expect } from 'chai';
import { readDeployed } from '../../../deploy/read-deployed.ts';
import type { Ledger } from '../../../pipeline/ledger/ledger.ts';
import { putState } from '../../../pipeline/ledger/resource-state.ts';
import { admitTable } from '../../../pipeline/ledger/tables.ts';
import type { CompiledSource } from '../../../pipeline/source/source.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { fakeDynamo } from '../../support/fake-dynamo.ts';
import { loadText, tracker } from '../source/load-weather.ts';

describe('readDeployed', () => {
  let source: CompiledSource;
  let ledger: Ledger;
  before(async () => {
    const loaded = await loadText(tracker);
    if (loaded.ok) ({ source } = loaded);
  });
  beforeEach(() => {
    ledger = { table: 'ledger', dynamo: fakeDynamo() };
  });
  const noStore = fakeClient({});

  it('finds the tables that were loaded, child tables too, and the resources that have cursors', async () => {
    const [projects, issues] = source.resources;
    for (const spec of [projects?.table, issues?.child_tables[0]]) if (spec) await admitTable(ledger, spec);
    for (const [resource, cursors] of [
      ['issues', { a: '2026-11-21T10:00:00.000Z' }],
      ['projects', { a: 1 }],
    ] as const) {
      const { Put } = putState(ledger, resource, { value: { cursors }, version: 0 }, new Date(0));
      (ledger.dynamo as ReturnType<typeof fakeDynamo>).put(Put.Item);
    }
    const { stored, notes } = await readDeployed(source, { s3: noStore, ledger });
    expect(notes).to.deep.equal([]);
    expect([...(stored?.tables.keys() ?? [])]).to.have.members(['projects', 'labels']);
    // Projects are not fetched incrementally: what an earlier source has left says nothing of them.
    expect([...(stored?.cursors ?? [])]).to.deep.equal(['issues']);
  });

  for (const [what, body, words] of [
    ['of another version', '{"v":2}', 'the deployed source cannot be read: s3://b/k has version 2'],
    ['that is no JSON', 'moved', 'the deployed source cannot be read: Unexpected token'],
  ] as const) {
    it(`notes a source ${what}, and goes on`, async () => {
      const s3 = fakeClient({ GetObjectCommand: () => ({ Body: { transformToString: async () => body } }) });
      const state = await readDeployed(source, { s3, bucket: 'b', key: 'k', ledger });
      expect(state).to.not.have.property('source');
      expect(state.stored?.tables.size).to.equal(0);
      expect(state.notes).to.have.length(1);
      expect(state.notes[0]).to.include(words);
    });
  }

  it('notes a ledger that may not be read', async () => {
    const denied = fakeClient({
      GetCommand: () => {
        throw awsError('AccessDeniedException', 'not authorized to perform dynamodb:GetItem');
      },
    });
    const state = await readDeployed(source, { s3: noStore, ledger: { table: 'ledger', dynamo: denied } });
    expect(state).to.deep.equal({
      notes: [
        'what is stored cannot be read from the ledger ledger: not authorized to perform dynamodb:GetItem',
      ],
    });
  });
});
