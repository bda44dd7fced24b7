"""The merging tasks where keys move, second round: files give up the rows that others have by now."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..merge.chunk_spool import ChunkSpool
from ..merge.merge_files import MergeTask
from ..open_duckdb import open_duckdb
from ..task_rows import batch_reported
from ..task_settings import TaskSettings

#: What both rounds may have done to a file.
SUMMED = ("inserted", "updated", "duplicate", "removed", "deleted", "vanished", "moved")


def remove_tasks(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: what `add_tasks` gives, all of a file in one task → REPORTED_COLUMNS."""
    yield from batch_reported(_remove_task(settings, batches))


def _remove_task(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[str]:
    #: File → its line of the report after the first round.
    added: dict[str, str] = {}
    with (
        tempfile.TemporaryDirectory(prefix="catchwater-") as name,
        ChunkSpool(Path(name) / "chunks") as spool,
        closing(open_duckdb(Path(name), settings.slots)) as duckdb,
    ):
        for batch in batches:
            for file, _, line, removal in zip(*batch.columns, strict=True):
                if removal.is_valid:
                    spool.add(file.as_py(), removal.as_buffer())
                elif file.as_py().startswith("/"):
                    yield line.as_py()
                else:
                    added[file.as_py()] = line.as_py()
        for line in MergeTask(settings, duckdb, spool, Path(name)).run():
            first = added.pop(line.get("key", ""), None)
            yield json.dumps(add_up(json.loads(first), line) if first else line)
    yield from added.values()
    settings.note_memory()


def add_up(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two rounds over one file, as one line of the report."""
    return {
        **second,
        "etag_before": first["etag_before"],
        "rows_before": first["rows_before"],
        "recovered": first["recovered"],
        "written": first["written"] or second["written"],
        **{name: first[name] + second[name] for name in SUMMED if name in second},
    }
