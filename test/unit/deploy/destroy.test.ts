import { expect } from 'chai';
import { emptyBucket } from '../../../deploy/empty-bucket.ts';
import { purgeBucket, purgeTable } from '../../../deploy/purge-data.ts';
import { stopWriters } from '../../../deploy/stop-writers.ts';
import { awsError, fakeClient } from '../../support/fake-client.ts';
import { rejection } from '../../support/rejection.ts';

const quiet = (): void => undefined;

/** A bucket that lists at most two entries at a time. */
function bucketWith(keys: { Key: string; VersionId: string; marker?: boolean }[], uploads: string[] = []) {
  let left = [...keys];
  let open = [...uploads];
  return fakeClient({
    ListObjectVersionsCommand: () => ({
      Versions: left.slice(0, 2).filter(({ marker }) => !marker),
      DeleteMarkers: left.slice(0, 2).filter(({ marker }) => marker),
    }),
    DeleteObjectsCommand: ({ Delete }: { Delete: { Objects: { VersionId: string }[] } }) => {
      if (Delete.Objects.length === 0) throw awsError('MalformedXML');
      const gone = Delete.Objects.map(({ VersionId }) => VersionId);
      left = left.filter(({ VersionId }) => !gone.includes(VersionId));
      return {};
    },
    ListMultipartUploadsCommand: () => ({ Uploads: open.map((UploadId) => ({ Key: 'raw/x', UploadId })) }),
    AbortMultipartUploadCommand: ({ UploadId }: { UploadId: string }) => {
      open = open.filter((id) => id !== UploadId);
      return {};
    },
    DeleteBucketCommand: () => {
      if (left.length > 0 || open.length > 0) throw awsError('BucketNotEmpty');
      return {};
    },
  });
}

describe('emptyBucket', () => {
  it('deletes every version and delete marker, page by page, and breaks off uploads', async () => {
    const versions = Array.from({ length: 5 }, (_, index) => ({
      Key: `k${index % 2}`,
      VersionId: `v${index}`,
      marker: index === 3,
    }));
    const s3 = bucketWith(versions, ['u1', 'u2']);
    expect(await emptyBucket(s3, 'b')).to.equal(5);
    await s3.send({ constructor: { name: 'DeleteBucketCommand' }, input: {} });
  });

  it('sends no empty list', async () => {
    const s3 = bucketWith([]);
    expect(await emptyBucket(s3, 'b')).to.equal(0);
    expect(s3.sent.map(({ command }) => command)).to.not.include('DeleteObjectsCommand');
  });

  it('stops with the object that cannot be deleted', async () => {
    const s3 = fakeClient({
      ListObjectVersionsCommand: () => ({ Versions: [{ Key: 'k', VersionId: 'v' }] }),
      DeleteObjectsCommand: () => ({ Errors: [{ Key: 'k', Code: 'AccessDenied', Message: 'locked' }] }),
    });
    expect((await rejection(emptyBucket(s3, 'b'))).message).to.equal(
      's3://b/k cannot be deleted: AccessDenied locked',
    );
  });
});

describe('purging', () => {
  it('is content with what is gone already', async () => {
    const s3 = fakeClient({
      ListObjectVersionsCommand: () => {
        throw awsError('NoSuchBucket');
      },
    });
    const dynamodb = fakeClient({
      DeleteTableCommand: () => {
        throw awsError('ResourceNotFoundException');
      },
    });
    expect(await purgeBucket({ s3 }, 'b', quiet)).to.equal(false);
    expect(await purgeTable({ dynamodb }, 't', quiet)).to.equal(false);
  });

  it('deletes the emptied bucket', async () => {
    const s3 = bucketWith([{ Key: 'k', VersionId: 'v' }]);
    expect(await purgeBucket({ s3 }, 'b', quiet)).to.equal(true);
    expect(s3.sent.at(-1)).to.deep.equal({ command: 'DeleteBucketCommand', input: { Bucket: 'b' } });
  });
});

const lambdaWith = (reserved?: number) =>
  fakeClient({
    GetFunctionConcurrencyCommand: () => ({ ReservedConcurrentExecutions: reserved }),
    PutFunctionConcurrencyCommand: () => ({}),
    DeleteFunctionConcurrencyCommand: () => ({}),
  });

describe('stopWriters', () => {
  const outputs = { FetchFunction: 'f', DispatchFunction: 'd', GlueJob: 'j' };

  it('pauses both functions before it stops the run, or the dispatcher would start it anew', async () => {
    const order: string[] = [];
    let state = 'RUNNING';
    const lambda = fakeClient({
      GetFunctionConcurrencyCommand: () => ({}),
      PutFunctionConcurrencyCommand: (input: { FunctionName: string }) => order.push(input.FunctionName),
    });
    const glue = fakeClient({
      GetJobRunsCommand: () => ({
        JobRuns: [
          { Id: 'r2', JobRunState: state },
          { Id: 'r1', JobRunState: 'FAILED' },
        ],
      }),
      BatchStopJobRunCommand: (input: { JobRunIds: string[] }) => {
        order.push(...input.JobRunIds);
        state = 'STOPPED';
        return {};
      },
    });
    await stopWriters({ lambda, glue }, outputs, quiet);
    expect(order).to.deep.equal(['f', 'd', 'r2']);
  });

  for (const reserved of [undefined, 5]) {
    it(`gives back a reserved concurrency of ${reserved ?? 'nothing'}`, async () => {
      const lambda = lambdaWith(reserved);
      const glue = fakeClient({ GetJobRunsCommand: () => ({ JobRuns: [] }) });
      const resume = await stopWriters({ lambda, glue }, outputs, quiet);
      lambda.sent.length = 0;
      await resume();
      expect(lambda.sent[0]).to.deep.equal(
        reserved === undefined
          ? { command: 'DeleteFunctionConcurrencyCommand', input: { FunctionName: 'f' } }
          : {
              command: 'PutFunctionConcurrencyCommand',
              input: { FunctionName: 'f', ReservedConcurrentExecutions: 5 },
            },
      );
      expect(lambda.sent).to.have.length(2);
    });
  }

  it('passes over what a half-made stack lacks', async () => {
    const lambda = fakeClient({
      GetFunctionConcurrencyCommand: () => {
        throw awsError('ResourceNotFoundException');
      },
    });
    const glue = fakeClient({
      GetJobRunsCommand: () => {
        throw awsError('EntityNotFoundException');
      },
    });
    await stopWriters({ lambda, glue }, outputs, quiet);
    await stopWriters({ lambda, glue }, {}, quiet);
    expect(lambda.sent).to.have.length(2);
  });
});
