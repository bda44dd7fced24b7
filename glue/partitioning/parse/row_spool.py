"""A task's rows on local disk, read back file by file: sorted without ever being in memory together."""

from collections.abc import Iterator
from heapq import merge
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import JobError
from ..row_chunks import cut_chunks


class RowSpool:
    """Tables with the columns `_file` and others, each sorted by `_file`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pa.ipc.RecordBatchFileWriter | None = None

    def add(self, rows: pa.Table) -> None:
        if rows.num_rows == 0:
            return
        if rows.column("_file").null_count:
            raise JobError(
                "a row without a file is neither rejected nor filtered: the parse statement is wrong"
            )
        if self._writer is None:
            self._writer = pa.ipc.new_file(self._path, rows.schema)
        self._writer.write_table(rows.combine_chunks())

    def chunks(self) -> Iterator[tuple[str, bytes]]:
        """(file, chunk) of all rows, sorted by file. Nothing can be added any more."""
        if self._writer is None:
            return
        self._writer.close()
        with pa.memory_map(str(self._path)) as mapped, pa.ipc.open_file(mapped) as file:
            batches = (file.get_batch(number) for number in range(file.num_record_batches))
            # Only the pages that a slice touches are read from disk.
            yield from cut_chunks(merge(*map(_runs, batches), key=itemgetter(0)))


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Each run of one file within a sorted batch, without the column that says so."""
    rows = batch.select(batch.schema.names[1:])
    runs = pc.run_end_encode(batch.column(0))
    start = 0
    for end, file in zip(runs.run_ends, runs.values, strict=True):
        yield file.as_py(), rows.slice(start, end.as_py() - start)
        start = end.as_py()
