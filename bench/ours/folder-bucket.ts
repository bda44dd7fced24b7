import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ObjectStore } from '../../functions/fetch/deps.ts';

/** A bucket that is a folder: what S3 itself takes is not ours to measure. */
export function folderBucket(folder: string): ObjectStore {
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof PutObjectCommand) {
      const { Key = '', Body } = command.input;
      write(folder, Key, Body as Buffer);
      return { ETag: '"1"', VersionId: '1' };
    }
    if (command instanceof CreateMultipartUploadCommand) return { UploadId: command.input.Key };
    if (command instanceof UploadPartCommand) {
      append(folder, command.input.Key ?? '', command.input.Body as Buffer);
      return { ETag: '"1"' };
    }
    if (command instanceof CompleteMultipartUploadCommand) return { ETag: '"1"', VersionId: '1' };
    throw new Error(`this bucket knows no ${(command as object).constructor.name}`);
  };
  return { send } as ObjectStore;
}

function write(folder: string, key: string, body: Buffer): void {
  mkdirSync(dirname(join(folder, key)), { recursive: true });
  writeFileSync(join(folder, key), body);
}

function append(folder: string, key: string, body: Buffer): void {
  mkdirSync(dirname(join(folder, key)), { recursive: true });
  appendFileSync(join(folder, key), body);
}
