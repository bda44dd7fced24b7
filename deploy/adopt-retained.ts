import { DescribeTableCommand, type DescribeTableCommandOutput } from '@aws-sdk/client-dynamodb';
import { GetBucketTaggingCommand, type GetBucketTaggingCommandOutput } from '@aws-sdk/client-s3';
import { isMap, isScalar, type Node, type Scalar } from 'yaml';
import { CatchwaterError, ConfigError } from '../pipeline/errors.ts';
import { workIndex } from '../pipeline/ledger/items.ts';
import { parseTemplate, type Template } from './read-template.ts';

export interface RetainedLookup {
  s3: { send(command: GetBucketTaggingCommand): Promise<GetBucketTaggingCommandOutput> };
  dynamodb: { send(command: DescribeTableCommand): Promise<DescribeTableCommandOutput> };
}

const nameProperties: Record<string, string> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::DynamoDB::Table': 'TableName',
};

/**
 * What `destroy` has kept is adopted by the next deploy of the same name. CloudFormation imports an existing resource
 * only when its name stands literally in the template, so the names of those that exist are written into the text for
 * this one deploy; later ones come to the same names by the template's own functions.
 */
export async function adoptRetained(
  template: Template,
  { stackName, names }: { stackName: string; names: Record<string, string> },
  lookup: RetainedLookup,
): Promise<{ text: string; adopted: string[] }> {
  let { text } = template;
  const adopted: string[] = [];
  for (const [logicalId, name] of Object.entries(names)) {
    const type = String(template.document.getIn(['Resources', logicalId, 'Type']));
    const property = nameProperties[type];
    if (property === undefined)
      throw new CatchwaterError(`${logicalId} is a ${type}: that cannot be adopted`);
    const find = type === 'AWS::S3::Bucket' ? findBucket(name, stackName, lookup) : findLedger(name, lookup);
    const found = await find;
    if (found === 'missing') continue;
    // Were it adopted, it would go with `destroy --purge-data`.
    if (found === 'foreign') {
      throw new ConfigError(
        `${name} exists, and no stack ${stackName} has left it: give another name, or tag a bucket catchwater:stack=${stackName} to have it adopted with all it holds`,
      );
    }
    text = writeLiteral(text, ['Resources', logicalId, 'Properties', property], name);
    // Were this deploy to fail, a rollback must not delete what it has only adopted.
    text = writeLiteral(text, ['Resources', logicalId, 'DeletionPolicy'], 'Retain');
    adopted.push(name);
  }
  return { text, adopted };
}

type Found = 'missing' | 'ours' | 'foreign';

/** Ours by the name that the template derives, which holds account and region, else by the template's tag. */
async function findBucket(name: string, stackName: string, { s3 }: RetainedLookup): Promise<Found> {
  const isDerived = name.startsWith(stackName) && /-\d{12}-[a-z0-9-]+$/.test(name);
  try {
    const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket: name }));
    const isTagged = TagSet.some(({ Key, Value }) => Key === 'catchwater:stack' && Value === stackName);
    return isTagged || isDerived ? 'ours' : 'foreign';
  } catch (error) {
    const code = error instanceof Error ? error.name : '';
    if (code === 'NoSuchBucket') return 'missing';
    if (code === 'NoSuchTagSet') return isDerived ? 'ours' : 'foreign';
    // A bucket of another account.
    if (code === 'AccessDenied') return 'foreign';
    throw error;
  }
}

/** A ledger shows by its keys and its index that it is one. */
async function findLedger(name: string, { dynamodb }: RetainedLookup): Promise<Found> {
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: name }));
    const keys = Table?.KeySchema?.map(({ AttributeName }) => AttributeName);
    const isLedger = Table?.GlobalSecondaryIndexes?.some(({ IndexName }) => IndexName === workIndex) ?? false;
    return isLedger && keys?.join() === 'pk,sk' ? 'ours' : 'foreign';
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'missing';
    throw error;
  }
}

/** The same text, the value at the path replaced. */
function writeLiteral(text: string, path: string[], value: string): string {
  const map = parseTemplate(text).document.getIn(path.slice(0, -1));
  const pair = isMap(map)
    ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
    : undefined;
  const from = (pair?.key as Scalar | undefined)?.range?.[1];
  const to = (pair?.value as Node | null)?.range?.[1];
  if (from === undefined || to === undefined) {
    throw new CatchwaterError(`the template has no ${path.join('.')}; this is a fault of Catchwater's`);
  }
  return `${text.slice(0, from)}: ${value}\n${text.slice(to).replace(/^\n+/, '')}`;
}
