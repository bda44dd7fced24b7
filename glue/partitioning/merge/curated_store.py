"""The curated bucket: one file is one object, replaced by one conditional PUT (laws 7 and 9)."""

import base64
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError

from ..aws_clients import LOST_ANSWERS, Aws
from ..download import download
from ..errors import ConflictError, JobError

TRIES = 8
#: More than the footer of an ordinary file, in one request.
TAIL_BYTES = 64 << 10


@dataclass(frozen=True)
class StoredFile:
    etag: str
    metadata: dict[str, str]
    #: Of the bytes that were read, hexadecimal.
    sha256: str
    rows: int


@dataclass(frozen=True)
class CuratedStore:
    aws: Aws
    bucket: str
    sleep: Callable[[float], None] = time.sleep

    def read(self, key: str, path: Path) -> StoredFile | None:
        """The file as it is, into `path`; None when there is none."""
        try:
            found = download(self.aws.s3, path, Bucket=self.bucket, Key=key)
            rows = pq.read_metadata(path).num_rows
        except ClientError as error:
            if _code(error) == "NoSuchKey":
                return None
            raise self._refusal("read", key, error) from error
        except pa.ArrowInvalid as error:
            raise JobError(
                f"{self._uri(key)} is no Parquet file: remove it, only loads write there"
            ) from error
        return StoredFile(found.etag, found.metadata, found.sha256, rows)

    def put(self, key: str, path: Path, metadata: dict[str, str], replaces: str | None) -> str:
        """
        Stores the file if the object is still as it was read: `replaces` is its ETag then, None for none.
        Gives the new ETag. Raises ConflictError when somebody else was faster. By `load` and `sha256` in
        `metadata` a PUT whose answer was lost knows its own work.
        """
        lost: Exception | None = None
        for attempt in range(1, TRIES + 1):
            try:
                return self._put_once(key, path, metadata, replaces)
            except ClientError as error:
                if not _may_pass(error):
                    raise self._refusal("write", key, error) from error
                lost = error
            except LOST_ANSWERS as error:
                lost = error
            # Whatever the answer was: an earlier one may have been lost, and the bytes be there.
            if etag := self._find_own(key, metadata):
                return etag
            if isinstance(lost, ClientError) and _status(lost) in (404, 412):
                raise ConflictError(f"{self._uri(key)} is not as it was read") from lost
            self.sleep(random.uniform(0, min(5, 0.1 * 2**attempt)))
        raise JobError(f"{self._uri(key)} could not be written in {TRIES} tries: {lost}") from lost

    def count_rows(self, key: str, etag: str) -> int:
        """From the footer of the object as stored."""
        try:
            tail = self._read_tail(key, etag, TAIL_BYTES)
            footer = int.from_bytes(tail[-8:-4], "little") + 8
            if footer > len(tail):
                tail = self._read_tail(key, etag, footer)
        except ClientError as error:
            raise self._refusal("read back", key, error) from error
        return pq.read_metadata(pa.BufferReader(tail)).num_rows

    def _put_once(self, key: str, path: Path, metadata: dict[str, str], replaces: str | None) -> str:
        condition = {"IfNoneMatch": "*"} if replaces is None else {"IfMatch": replaces}
        with path.open("rb") as body:
            answer = self.aws.s3_once.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ChecksumSHA256=base64.b64encode(bytes.fromhex(metadata["sha256"])).decode(),
                Metadata=metadata,
                **condition,
            )
        return answer["ETag"]

    def _read_tail(self, key: str, etag: str, length: int) -> bytes:
        request = {"Bucket": self.bucket, "Key": key, "IfMatch": etag, "Range": f"bytes=-{length}"}
        return self.aws.s3.get_object(**request)["Body"].read()

    def _find_own(self, key: str, metadata: dict[str, str]) -> str | None:
        """The ETag of what is there when it is what we wrote ourselves."""
        try:
            found = self.aws.s3.head_object(Bucket=self.bucket, Key=key)
        except (ClientError, *LOST_ANSWERS):
            return None
        own = all(found["Metadata"].get(name) == metadata[name] for name in ("load", "sha256"))
        return found["ETag"] if own else None

    def _refusal(self, what: str, key: str, error: ClientError) -> JobError:
        hint = ""
        if _status(error) == 403:
            hint = (
                ": the job's role needs s3:GetObject and s3:PutObject on its objects, s3:ListBucket on the "
                "bucket (without it S3 answers 403 for a file that is not there yet)"
            )
        return JobError(f"S3 refuses to {what} {self._uri(key)}: {_code(error)}{hint}")

    def _uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


def _may_pass(error: ClientError) -> bool:
    """A lost race, or a fault of the server's: read again, or try again."""
    if _code(error) == "NoSuchBucket":
        return False
    return _status(error) in (404, 409, 412, 429) or _status(error) >= 500 or _code(error) == "RequestTimeout"
