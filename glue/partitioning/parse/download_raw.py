"""The raw objects of a task, one after the other."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ..download import download
from ..errors import JobError
from ..manifest import RawObject
from ..read_ahead import read_ahead


def download_raw(
    s3: Any, bucket: str, objects: Iterable[RawObject], folder: Path
) -> Iterator[tuple[RawObject, Path]]:
    """Exactly the versions that the manifest names, in order; a file is gone when the next is asked for."""

    def fetch(numbered: tuple[int, RawObject]) -> tuple[RawObject, Path]:
        number, item = numbered
        path = folder / f"{number}.gz"
        _fetch(s3, bucket, item, path)
        return item, path

    for item, path in read_ahead(fetch, enumerate(objects)):
        yield item, path
        path.unlink()


def _fetch(s3: Any, bucket: str, item: RawObject, path: Path) -> None:
    try:
        download(s3, path, Bucket=bucket, Key=item.key, VersionId=item.version_id)
    except ClientError as error:
        raise JobError(
            f"s3://{bucket}/{item.key} (version {item.version_id}) cannot be read: "
            f"{error.response['Error']['Code']}; the job's role needs s3:GetObjectVersion on it, "
            "and the staging bucket must keep objects until they are loaded"
        ) from error
