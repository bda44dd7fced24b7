import { expect } from 'chai';
import { adoptRetained } from '../../../deploy/adopt-retained.ts';
import { parseTemplate, readTemplate } from '../../../deploy/read-template.ts';
import { ConfigError } from '../../../pipeline/errors.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { rejection } from '../../support/rejection.ts';

const template = readTemplate('pipeline.yaml');
const names = {
  StagingBucket: 'weather-staging-123456789012-eu-central-1',
  CuratedBucket: 'tables',
  LedgerTable: 'weather-ledger',
};
const missing = (name: string) => () => {
  throw awsError(name);
};
const ledger = {
  KeySchema: [{ AttributeName: 'pk' }, { AttributeName: 'sk' }],
  GlobalSecondaryIndexes: [{ IndexName: 'work' }],
};
type Buckets = Record<string, Record<string, string> | string>;

/** Bucket → its tags, or the error that asking for them answers. */
function adopt(buckets: Buckets, table: () => unknown = missing('ResourceNotFoundException')) {
  const s3 = fakeClient({
    GetBucketTaggingCommand: ({ Bucket }: { Bucket: string }) => {
      const tags = buckets[Bucket] ?? 'NoSuchBucket';
      if (typeof tags === 'string') throw awsError(tags);
      return { TagSet: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  });
  return adoptRetained(
    template,
    { stackName: 'weather', names },
    { s3, dynamodb: fakeClient({ DescribeTableCommand: table }) },
  );
}

describe('adoptRetained', () => {
  it('leaves the template alone where nothing is there', async () => {
    expect(await adopt({})).to.deep.equal({ text: template.text, adopted: [] });
  });

  it('writes the names of what is there into the text, safe from a rollback, and changes nothing else', async () => {
    const { text, adopted } = await adopt(
      { [names.StagingBucket]: 'NoSuchTagSet', tables: { 'catchwater:stack': 'weather' } },
      () => ({ Table: ledger }),
    );
    expect(adopted).to.deep.equal(Object.values(names));
    const { document } = parseTemplate(text);
    const original = template.document.clone();
    for (const [logicalId, property] of [
      ['StagingBucket', 'BucketName'],
      ['CuratedBucket', 'BucketName'],
      ['LedgerTable', 'TableName'],
    ] as const) {
      expect(document.getIn(['Resources', logicalId, 'Properties', property])).to.equal(names[logicalId]);
      expect(document.getIn(['Resources', logicalId, 'DeletionPolicy'])).to.equal('Retain');
      for (const each of [document, original]) {
        each.deleteIn(['Resources', logicalId, 'Properties', property]);
        each.deleteIn(['Resources', logicalId, 'DeletionPolicy']);
      }
    }
    expect(document.toString()).to.equal(original.toString());
  });

  const foreign: [string, Buckets, (() => unknown)?][] = [
    ['a bucket of the user’s own', { tables: 'NoSuchTagSet' }],
    ['a bucket of another stack', { tables: { 'catchwater:stack': 'traffic' } }],
    ['a bucket of another account', { tables: 'AccessDenied' }],
    ['a table that is no ledger', {}, () => ({ Table: { KeySchema: [{ AttributeName: 'id' }] } })],
  ];
  for (const [what, buckets, table] of foreign) {
    it(`does not take ${what}`, async () => {
      const error = await rejection(adopt(buckets, table));
      expect(error).to.be.instanceOf(ConfigError);
      expect(error.message).to.contain('no stack weather has left it');
    });
  }

  it('takes no other failure for "there is none"', async () => {
    expect(await rejection(adopt({ tables: 'SlowDown' }))).to.have.property('name', 'SlowDown');
  });
});
