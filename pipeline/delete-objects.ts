import {
  DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import { CatchwaterError } from './errors.ts';

export interface ObjectDeleter {
  send(command: DeleteObjectsCommand): Promise<DeleteObjectsCommandOutput>;
}

/** From 1 to 1,000 of them: DeleteObjects refuses an empty list. Throws CatchwaterError for the first that stays. */
export async function deleteObjects(
  s3: ObjectDeleter,
  Bucket: string,
  Objects: ObjectIdentifier[],
): Promise<void> {
  const { Errors = [] } = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
  );
  const [error] = Errors;
  if (error) {
    throw new CatchwaterError(
      `s3://${Bucket}/${error.Key} cannot be deleted: ${error.Code} ${error.Message ?? ''}`,
    );
  }
}
