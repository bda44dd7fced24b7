import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { ConfigError } from '../pipeline/errors.ts';
import type { CompiledSource } from '../pipeline/source/source.ts';

interface SourceStore {
  send(command: GetObjectCommand): Promise<GetObjectCommandOutput>;
}

/** The compiled source that the parameter `SourceKey` names. Its key holds its hash, so a warm function may keep it. */
export async function readSource(s3: SourceStore, bucket: string, key: string): Promise<CompiledSource> {
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const source = JSON.parse((await answer.Body?.transformToString()) ?? '') as CompiledSource;
    if (source.v !== 1)
      throw new ConfigError(`it has version ${String(source.v)}, this function reads version 1`);
    return source;
  } catch (cause) {
    throw new ConfigError(`cannot read the compiled source s3://${bucket}/${key}; deploy again`, { cause });
  }
}
