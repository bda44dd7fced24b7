"""The join step: many raw objects become few tables of lines, so that DuckDB works on much at once."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from ..manifest import RawObject
from .exact_numbers import exact_numbers
from .gunzip import gunzip
from .object_counts import CountsByObject
from .quarantine_file import QuarantineFile
from .read_lines import BadLine, read_lines

#: DuckDB's JSON functions take thirty times the text that they get at once, however few lines that is.
TABLE_BYTES = 4 << 20
TABLE_LINES = 1 << 16
LINES_SCHEMA = pa.schema([("object", pa.string()), ("line", pa.int64()), ("text", pa.string())])


def join_objects(
    files: Iterable[tuple[RawObject, Path]],
    exact_fields: Iterable[str],
    quarantine: QuarantineFile,
    counts: CountsByObject,
) -> Iterator[pa.Table]:
    """Tables of (object, line, text) for the view `lines`; bad lines go to quarantine as they are."""
    quote_exact = exact_numbers(exact_fields)
    objects: list[str] = []
    numbers: list[int] = []
    texts: list[bytes] = []
    size = 0
    for item, path in files:
        counted = counts[item.key]
        with path.open("rb") as file:
            for line in read_lines(gunzip(file)):
                counted.lines += 1
                if isinstance(line, BadLine):
                    counted.rows += 1
                    counted.quarantined += 1
                    bad = {"reason": line.reason, "detail": line.detail, "record": line.record}
                    quarantine.add(**bad, object=item.key, line=line.number, row=None)
                    continue
                objects.append(item.key)
                numbers.append(line.number)
                texts.append(quote_exact(line.text) if quote_exact else line.text)
                size += len(line.text)
                if size >= TABLE_BYTES or len(texts) >= TABLE_LINES:
                    yield pa.table([objects, numbers, texts], schema=LINES_SCHEMA)
                    objects, numbers, texts, size = [], [], [], 0
    if texts:
        yield pa.table([objects, numbers, texts], schema=LINES_SCHEMA)
