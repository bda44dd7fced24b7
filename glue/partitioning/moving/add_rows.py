"""The merging tasks where keys move, first round: rows go where they belong, no file gives one up yet."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pyarrow as pa

from ..merge.chunk_spool import ChunkSpool
from ..merge.merge_files import MergeTask
from ..open_duckdb import open_duckdb
from ..task_rows import RoutedRow, batch_routed
from ..task_settings import TaskSettings


def add_tasks(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """
    For `mapInArrow`: ROUTED_COLUMNS, all of a file in one task → ROUTED_COLUMNS without chunks: the removals,
    and the report's lines, those of files under their names.
    """
    yield from batch_routed(_add_task(settings, batches))


def _add_task(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[RoutedRow]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="catchwater-")))
        duckdb = stack.enter_context(closing(open_duckdb(folder, settings.slots)))
        spool = stack.enter_context(ChunkSpool(folder / "chunks"))
        unfinished: set[str] = set()
        for batch in batches:
            for file, chunk, line, removal in zip(*batch.columns, strict=True):
                if chunk.is_valid:
                    spool.add(file.as_py(), chunk.as_buffer())
                elif removal.is_valid:
                    unfinished.add(file.as_py())
                    yield RoutedRow(file.as_py(), removal=removal.as_py())
                elif line.is_valid:
                    yield RoutedRow(file.as_py(), line=line.as_py())
                else:
                    spool.visit(file.as_py())
        for line in MergeTask(settings, duckdb, spool, folder, unfinished).run():
            yield RoutedRow(line.get("key", "/"), line=json.dumps(line))
    settings.note_memory()
