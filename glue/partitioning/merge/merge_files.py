"""The merging tasks: file after file is merged; what has changed is written in one burst at the end."""

import json
import random
import tempfile
import time
from collections.abc import Container, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..aws_clients import connect_aws
from ..errors import ConflictError, JobError
from ..fence import check_fence
from ..open_duckdb import explain_failure, open_duckdb
from ..read_ahead import read_ahead
from ..task_rows import batch_reported
from ..task_settings import TaskSettings
from ..violation_line import violation_line
from .chunk_spool import ChunkSpool
from .count_file import FileCounts, Merged, count_file, file_metadata, needs_write
from .curated_store import CuratedStore, StoredFile
from .merge_file import merge_file

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PUTS_AT_ONCE = 8
#: A task with more than this to write does so in several bursts: its disk is not endless.
BURST_BYTES = 2 << 30
#: Of one file that somebody else keeps replacing.
MERGES = 12


def merge_tasks(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: PARSED_COLUMNS, all chunks of a file in one task → REPORTED_COLUMNS."""
    yield from batch_reported(_merge_task(settings, batches))


def _merge_task(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="catchwater-") as name,
        ChunkSpool(Path(name) / "chunks") as spool,
        closing(open_duckdb(Path(name), settings.slots)) as duckdb,
    ):
        for batch in batches:
            for file, chunk, line in zip(*batch.columns, strict=True):
                if chunk.is_valid:
                    spool.add(file.as_py(), chunk.as_buffer())
                elif line.is_valid:
                    yield line.as_py()
                else:
                    spool.visit(file.as_py())
        yield from map(json.dumps, MergeTask(settings, duckdb, spool, Path(name)).run())
    settings.note_memory()


@dataclass(frozen=True)
class MergedFile:
    key: str
    #: The merged file on local disk.
    path: Path
    found: StoredFile | None
    merged: Merged
    counts: FileCounts
    #: Else it is there already, byte for byte.
    is_new: bool


class MergeTask:
    def __init__(
        self,
        settings: TaskSettings,
        duckdb: "DuckDBPyConnection",
        spool: ChunkSpool,
        folder: Path,
        unfinished: Container[str] = (),
    ) -> None:
        """`unfinished`: files that this load merges once more; what rules they break shows only then."""
        aws = connect_aws(settings.region, settings.endpoint)
        self._load = settings.load
        self._dynamodb = aws.dynamodb
        self._store = CuratedStore(aws, settings.load.curated_bucket)
        self._duckdb = duckdb
        self._spool = spool
        self._folder = folder
        self._unfinished = unfinished
        #: File → rules that its merged rows break.
        self._violations: dict[str, dict[str, int]] = {}

    def run(self) -> Iterator[dict[str, Any]]:
        """Merges and writes; gives the report's lines of each file."""
        waiting: list[MergedFile] = []
        size = 0
        for number, key, stored, found in read_ahead(self._read_stored, enumerate(self._spool.files())):
            file = self._merge(key, stored, found, self._folder / f"{number}.merged")
            stored.unlink(missing_ok=True)
            if file.is_new:
                waiting.append(file)
                size += file.merged.bytes
            else:
                yield self._report_unchanged(file)
                file.path.unlink()
            if size > BURST_BYTES:
                yield from self._write(waiting)
                waiting, size = [], 0
        yield from self._write(waiting)
        for key, violations in self._violations.items():
            for violation, rows in violations.items():
                yield {**violation_line(violation, rows), "table": self._load.table_of(key)}

    def _read_stored(self, numbered: tuple[int, str]) -> tuple[int, str, Path, StoredFile | None]:
        number, key = numbered
        path = self._folder / f"{number}.stored"
        return number, key, path, self._store.read(key, path)

    def _merge(self, key: str, stored: Path, found: StoredFile | None, path: Path) -> MergedFile:
        from duckdb import Error as DuckDBError

        table = self._load.table_of(key)
        mark = self._load.marks.get(table)
        try:
            merged = merge_file(
                self._duckdb,
                self._load.tables[table],
                self._spool.tables(key),
                stored=stored if found else None,
                merged=path,
                mark=mark.at if mark else None,
            )
        except DuckDBError as error:
            raise JobError(explain_failure(error, f"merging {key}")) from error
        self._violations.pop(key, None)
        if merged.violations and key not in self._unfinished:
            self._violations[key] = merged.violations
        counts = count_file(self._load, found, merged)
        return MergedFile(key, path, found, merged, counts, needs_write(self._load, found, merged))

    def _write(self, files: list[MergedFile]) -> Iterator[dict[str, Any]]:
        if not files:
            return
        check_fence(self._dynamodb, self._load)
        with ThreadPoolExecutor(PUTS_AT_ONCE) as pool:
            reports = list(pool.map(self._try_put, files))
        for file, report in zip(files, reports, strict=True):
            yield report or self._merge_again(file)
            file.path.unlink()

    def _try_put(self, file: MergedFile) -> dict[str, Any] | None:
        """None: somebody else was faster."""
        metadata = file_metadata(self._load, file.merged, file.counts)
        try:
            etag = self._store.put(file.key, file.path, metadata, file.found.etag if file.found else None)
        except ConflictError:
            return None
        return self._report(file, etag, self._store.count_rows(file.key, etag))

    def _merge_again(self, file: MergedFile) -> dict[str, Any]:
        stored = file.path.with_suffix(".stored")
        for attempt in range(1, MERGES + 1):
            time.sleep(random.uniform(0, min(5, 0.1 * 2**attempt)))
            again = self._merge(file.key, stored, self._store.read(file.key, stored), file.path)
            if not again.is_new:
                return self._report_unchanged(again)
            check_fence(self._dynamodb, self._load)
            if report := self._try_put(again):
                return report
        raise JobError(
            f"{file.key} was replaced by others {MERGES} times in a row: only loads may write there"
        )

    def _report_unchanged(self, file: MergedFile) -> dict[str, Any]:
        assert file.found
        return self._report(file, file.found.etag, file.found.rows)

    def _report(self, file: MergedFile, etag: str, rows_after: int) -> dict[str, Any]:
        counts, table = file.counts, self._load.table_of(file.key)
        spec = self._load.tables[table]
        return {
            "kind": "file",
            "table": table,
            "key": file.key,
            "etag_before": file.found.etag if file.found else None,
            "etag_after": etag,
            "written": counts.written,
            "bytes": file.merged.bytes,
            "rows_before": counts.rows_before,
            "rows_after": rows_after,
            "inserted": counts.inserted,
            "updated": counts.updated,
            "duplicate": counts.duplicate,
            "recovered": counts.recovered,
            "removed": counts.removed,
            "deleted": counts.deleted,
            **({"vanished": counts.vanished} if spec.marks else {}),
            **({"moved": counts.moved} if spec.moving else {}),
        }
