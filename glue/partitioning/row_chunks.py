"""Rows on their way through the shuffle: Arrow IPC streams of a few megabytes, each of one file only."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

#: Before compression. Spark hands over eight at a time: 32 MB.
CHUNK_BYTES = 4 << 20


def cut_chunks(runs: Iterable[tuple[str, pa.RecordBatch]]) -> Iterator[tuple[str, bytes]]:
    """`runs`: (file, rows), sorted by file."""
    current = ""
    parts: list[pa.RecordBatch] = []
    size = 0
    for file, run in runs:
        for part in _halved(run):
            if parts and (file != current or size + part.nbytes > CHUNK_BYTES):
                yield current, encode_chunk(parts)
                parts, size = [], 0
            current = file
            parts.append(part)
            size += part.nbytes
    if parts:
        yield current, encode_chunk(parts)


def encode_chunk(parts: list[pa.RecordBatch]) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, parts[0].schema, options=options) as stream:
        stream.write_table(pa.Table.from_batches(parts).combine_chunks())
    return sink.getvalue().to_pybytes()


def read_chunk(chunk: bytes | pa.Buffer) -> pa.Table:
    with pa.ipc.open_stream(chunk) as stream:
        return stream.read_all()


def _halved(rows: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Until each part fits into a chunk, or is one row."""
    if rows.num_rows <= 1 or rows.nbytes <= CHUNK_BYTES:
        yield rows
        return
    middle = rows.num_rows // 2
    yield from _halved(rows.slice(0, middle))
    yield from _halved(rows.slice(middle))
