/** A versioned bucket in memory, as far as raw objects need it: conditional writes, multipart uploads, heads. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { gunzipSync } from 'node:zlib';
import type { ObjectStore } from '../../functions/fetch/deps.ts';

interface Stored {
  body: Buffer;
  metadata: Record<string, string>;
  version: string;
}

interface Upload {
  metadata: Record<string, string>;
  parts: Map<number, Buffer>;
}

export interface FakeBucket extends ObjectStore {
  objects: Map<string, Stored>;
  /** Begun and neither completed nor aborted. */
  uploads: Map<string, Upload>;
  /** Every command, in order. */
  commands: object[];
  /** The lines of an object. */
  linesOf: (key: string) => string[];
}

export function fakeBucket({ versioned = true } = {}): FakeBucket {
  const objects = new Map<string, Stored>();
  const uploads = new Map<string, Upload>();
  const commands: object[] = [];
  let counter = 0;

  const store = (key: string, body: Buffer, metadata: Record<string, string>): object => {
    if (objects.has(key)) throw failure('PreconditionFailed');
    const version = `v${(counter += 1)}`;
    objects.set(key, { body, metadata, version });
    return { ETag: `"e-${version}"`, ...(versioned && { VersionId: version }) };
  };
  const uploadOf = (id: string | undefined): Upload => {
    const upload = uploads.get(id ?? '');
    if (!upload) throw failure('NoSuchUpload');
    return upload;
  };

  const send = async (command: object): Promise<unknown> => {
    commands.push(command);
    if (command instanceof PutObjectCommand) {
      const { Key = '', Body, Metadata = {}, IfNoneMatch } = command.input;
      if (IfNoneMatch !== '*') throw new Error('raw objects are written with If-None-Match: *');
      return store(Key, Buffer.from(Body as Buffer), Metadata);
    }
    if (command instanceof HeadObjectCommand) {
      const found = objects.get(command.input.Key ?? '');
      if (!found) throw failure('NotFound');
      const { body, metadata, version } = found;
      return { ContentLength: body.length, Metadata: metadata, VersionId: version, ETag: `"e-${version}"` };
    }
    if (command instanceof CreateMultipartUploadCommand) {
      const id = `u${(counter += 1)}`;
      uploads.set(id, { metadata: command.input.Metadata ?? {}, parts: new Map() });
      return { UploadId: id };
    }
    if (command instanceof UploadPartCommand) {
      const { UploadId, PartNumber = 0, Body } = command.input;
      // As it is now: whoever sends it may write the next part over it.
      uploadOf(UploadId).parts.set(PartNumber, Buffer.from(Body as Buffer));
      return { ETag: `"p${PartNumber}"` };
    }
    if (command instanceof CompleteMultipartUploadCommand) {
      const { Key = '', UploadId = '', IfNoneMatch, MultipartUpload } = command.input;
      if (IfNoneMatch !== '*') throw new Error('raw objects are written with If-None-Match: *');
      const { parts, metadata } = uploadOf(UploadId);
      const named = (MultipartUpload?.Parts ?? []).map(({ PartNumber = 0 }) => parts.get(PartNumber));
      const answer = store(Key, Buffer.concat(named as Buffer[]), metadata);
      uploads.delete(UploadId);
      return answer;
    }
    if (command instanceof AbortMultipartUploadCommand) {
      uploadOf(command.input.UploadId);
      uploads.delete(command.input.UploadId ?? '');
      return {};
    }
    throw new Error(`the fake bucket does not know ${command.constructor.name}`);
  };

  const linesOf = (key: string): string[] => {
    const text = gunzipSync(objects.get(key)?.body ?? Buffer.alloc(0)).toString();
    return text.split('\n').slice(0, -1);
  };
  return { objects, uploads, commands, linesOf, send: send as ObjectStore['send'] };
}

function failure(name: string): Error {
  return Object.assign(new Error(name), { name });
}
