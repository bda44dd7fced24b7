"""Rows and places on their way to where keys meet: in chunks, as rows on their way to files are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ..row_chunks import cut_chunks

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: What DuckDB hands over at a time; rows may be long.
BATCH_ROWS = 2_048


def select_chunks(duckdb: "DuckDBPyConnection", query: str) -> Iterator[tuple[str, bytes]]:
    """(name, chunk): `query` gives the name in its first column, and is sorted by it."""
    batches = duckdb.execute(query).to_arrow_reader(BATCH_ROWS)
    return cut_chunks(run for batch in batches for run in cut_runs(batch))


def cut_runs(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Each run of one name within a sorted batch, without the column that says so."""
    rows = batch.select(batch.schema.names[1:])
    runs = pc.run_end_encode(batch.column(0))
    start = 0
    for end, name in zip(runs.run_ends, runs.values, strict=True):
        yield name.as_py(), rows.slice(start, end.as_py() - start)
        start = end.as_py()
