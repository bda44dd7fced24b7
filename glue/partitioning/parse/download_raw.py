"""The raw objects of a task, one after the other; one that feeds several tables is downloaded once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from ..download import download
from ..errors import JobError
from ..manifest import RawObject
from ..read_ahead import read_ahead


class RawDownloads:
    """Exactly the versions that the manifest names, in `folder`."""

    def __init__(self, s3: Any, bucket: str, folder: Path, objects: Iterable[RawObject]) -> None:
        self._s3 = s3
        self._bucket = bucket
        #: (key, version) → tables that have not read it yet.
        self._readers = Counter((item.key, item.version_id) for item in objects)
        self._paths = {version: folder / f"{number}.gz" for number, version in enumerate(self._readers)}

    def read(self, objects: Iterable[RawObject]) -> Iterator[tuple[RawObject, Path]]:
        """In order, for one table; a file that no other table waits for goes when the next is asked for."""
        for item, path in read_ahead(self._fetch, objects):
            yield item, path
            version = item.key, item.version_id
            self._readers[version] -= 1
            if self._readers[version] == 0:
                path.unlink()

    def _fetch(self, item: RawObject) -> tuple[RawObject, Path]:
        path = self._paths[item.key, item.version_id]
        if not path.exists():
            _fetch(self._s3, self._bucket, item, path)
        return item, path


def _fetch(s3: Any, bucket: str, item: RawObject, path: Path) -> None:
    try:
        download(s3, path, Bucket=bucket, Key=item.key, VersionId=item.version_id)
    except ClientError as error:
        raise JobError(
            f"s3://{bucket}/{item.key} (version {item.version_id}) cannot be read: "
            f"{error.response['Error']['Code']}; the job's role needs s3:GetObjectVersion on it, "
            "and the staging bucket must keep objects until they are loaded"
        ) from error
