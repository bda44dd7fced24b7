"""One object of S3 to a local file; a connection that breaks in the middle is tried again from the start."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .aws_clients import LOST_ANSWERS
from .errors import JobError

ATTEMPTS = 4


@dataclass(frozen=True)
class Downloaded:
    etag: str
    metadata: dict[str, str]
    #: Of the bytes, hexadecimal.
    sha256: str
    bytes: int


def download(s3: Any, path: Path, **request: str) -> Downloaded:
    """`request`: as for GetObject. Raises botocore's ClientError for what S3 refuses."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            answer = s3.get_object(**request)
            digest = hashlib.sha256()
            with path.open("wb") as file:
                for chunk in answer["Body"].iter_chunks(1 << 20):
                    file.write(chunk)
                    digest.update(chunk)
                size = file.tell()
            return Downloaded(answer["ETag"], answer["Metadata"], digest.hexdigest(), size)
        except LOST_ANSWERS as error:
            if attempt == ATTEMPTS:
                where = f"s3://{request['Bucket']}/{request['Key']}"
                raise JobError(f"{where} broke off {ATTEMPTS} times while it was read: {error}") from error
            time.sleep(0.2 * 2**attempt)
    raise AssertionError("unreachable")
