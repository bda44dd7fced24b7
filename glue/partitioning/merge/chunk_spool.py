"""A task's chunks on local disk: Spark need not sort them, and a merge that loses a race reads them again."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from ..row_chunks import read_chunk


class ChunkSpool:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w+b")
        #: File of the curated bucket → (offset, length) of its chunks.
        self._places: dict[str, list[tuple[int, int]]] = {}
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def add(self, file: str, chunk: pa.Buffer) -> None:
        self._file.seek(self._end)
        self._file.write(chunk)
        self._places.setdefault(file, []).append((self._end, chunk.size))
        self._end += chunk.size

    def visit(self, file: str) -> None:
        """A file that is merged even if nothing comes for it."""
        self._places.setdefault(file, [])

    def files(self) -> list[str]:
        return sorted(self._places)

    def tables(self, file: str) -> Iterator[pa.Table]:
        """One chunk at a time."""
        for offset, length in self._places[file]:
            self._file.seek(offset)
            yield read_chunk(self._file.read(length))
