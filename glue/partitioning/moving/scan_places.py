"""The scanning tasks: stored files → where their keys are, by key."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ..aws_clients import connect_aws
from ..errors import JobError
from ..manifest import Load, TableSpec
from ..merge.curated_store import CuratedStore, StoredFile
from ..merge.stored_views import create_stored_views
from ..open_duckdb import explain_failure, open_duckdb
from ..read_ahead import read_ahead
from ..task_rows import ParsedRow, batch_parsed
from ..task_settings import TaskSettings
from .key_chunks import select_chunks
from .place_table import create_places, mark_of
from .plan_moving import PlacedFile, unpack_files
from .rows_by_key import bucket_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def scan_tasks(
    settings: TaskSettings, buckets: int, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: (packed files) → PARSED_COLUMNS."""
    yield from batch_parsed(_scan_task(settings, buckets, _unpack(batches)))


def _unpack(batches: Iterable[pa.RecordBatch]) -> Iterator[PlacedFile]:
    for batch in batches:
        for packed in batch.column(0).to_pylist():
            yield from unpack_files(packed)


def _scan_task(settings: TaskSettings, buckets: int, files: Iterable[PlacedFile]) -> Iterator[ParsedRow]:
    load = settings.load
    store = CuratedStore(connect_aws(settings.region, settings.endpoint), load.curated_bucket)
    with (
        tempfile.TemporaryDirectory(prefix="catchwater-") as folder,
        closing(open_duckdb(Path(folder), settings.slots)) as duckdb,
    ):
        for table, placed in groupby(files, attrgetter("table")):
            spec = load.tables[table]
            yield from Scan(load, spec, store, duckdb, Path(folder)).places(placed, buckets)
    settings.note_memory()


@dataclass(frozen=True)
class Scan:
    """Of files of one table."""

    load: Load
    spec: TableSpec
    store: CuratedStore
    duckdb: "DuckDBPyConnection"
    folder: Path

    def places(self, files: Iterable[PlacedFile], buckets: int) -> Iterator[ParsedRow]:
        create_places(self.duckdb, self.load, self.spec)
        keys = (file.key for file in files)
        for key, path, found in read_ahead(self._read, enumerate(keys)):
            if found is None:
                continue
            self._add(key, path)
            path.unlink()
            if found.metadata.get("load") in (*self.load.recovers, self.load.load):
                # What a dead load did to it is counted by this one, whether or not a key still leads there.
                yield ParsedRow(key, None, None)
        prefix = self.load.folder_of(self.spec.name)
        query = f"SELECT {bucket_of(self.spec, buckets)} AS _bucket, * FROM places ORDER BY _bucket"
        for bucket, chunk in select_chunks(self.duckdb, query):
            yield ParsedRow(f"{prefix}/{bucket}", chunk, None)

    def _read(self, numbered: tuple[int, str]) -> tuple[str, Path, StoredFile | None]:
        number, key = numbered
        path = self.folder / f"{number}.stored"
        return key, path, self.store.read(key, path)

    def _add(self, key: str, path: Path) -> None:
        from duckdb import Error as DuckDBError

        create_stored_views(self.duckdb, self.spec, path, mark_of(self.load, self.spec))
        file = key.removeprefix(f"{self.load.folder_of(self.spec.name)}/")
        try:
            self.duckdb.execute(f"INSERT INTO places SELECT *, ? FROM ({self.spec.places_sql})", [file])
        except DuckDBError as error:
            raise JobError(explain_failure(error, f"looking for keys in {key}")) from error
