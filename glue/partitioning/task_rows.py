"""What tasks hand to Spark: chunks of one file's rows, and lines of the report, through the same shuffle."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyarrow as pa

#: After the parsing tasks; `file` is a key of the curated bucket, or names nothing for a report line.
PARSED_COLUMNS = "file string, chunk binary, line string"
PARSED_SCHEMA = pa.schema([("file", pa.string()), ("chunk", pa.binary()), ("line", pa.string())])
#: Between the tasks of tables whose keys move; `removal` is a chunk of keys whose rows leave the file.
ROUTED_COLUMNS = "file string, chunk binary, line string, removal binary"
ROUTED_SCHEMA = pa.schema([*PARSED_SCHEMA, ("removal", pa.binary())])
#: After the merging tasks.
REPORTED_COLUMNS = "line string"
REPORTED_SCHEMA = pa.schema([("line", pa.string())])

BATCH_BYTES = 4 << 20
BATCH_ROWS = 512


class ParsedRow(NamedTuple):
    file: str
    #: Either a chunk …
    chunk: bytes | None
    #: … or a line of the report; neither: the file is looked at all the same.
    line: str | None


class RoutedRow(NamedTuple):
    file: str
    chunk: bytes | None = None
    line: str | None = None
    removal: bytes | None = None


def batch_parsed(rows: Iterable[ParsedRow]) -> Iterator[pa.RecordBatch]:
    for batch in _batches(rows, lambda row: len(row.chunk or row.line or "")):
        yield pa.RecordBatch.from_pylist([row._asdict() for row in batch], schema=PARSED_SCHEMA)


def batch_routed(rows: Iterable[RoutedRow]) -> Iterator[pa.RecordBatch]:
    for batch in _batches(rows, lambda row: len(row.chunk or row.removal or row.line or "")):
        yield pa.RecordBatch.from_pylist([row._asdict() for row in batch], schema=ROUTED_SCHEMA)


def batch_reported(lines: Iterable[str]) -> Iterator[pa.RecordBatch]:
    for batch in _batches(lines, len):
        yield pa.RecordBatch.from_arrays([pa.array(batch, pa.string())], schema=REPORTED_SCHEMA)


def _batches(items: Iterable[Any], size_of: Any) -> Iterator[list[Any]]:
    batch: list[Any] = []
    size = 0
    for item in items:
        batch.append(item)
        size += size_of(item)
        if size >= BATCH_BYTES or len(batch) >= BATCH_ROWS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
