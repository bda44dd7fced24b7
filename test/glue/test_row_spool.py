import random
from pathlib import Path

import pyarrow as pa
import pytest
from partitioning.errors import JobError
from partitioning.parse.row_spool import RowSpool
from partitioning.row_chunks import CHUNK_BYTES, read_chunk


def table(*rows: tuple[str | None, str]) -> pa.Table:
    schema = pa.schema([("_file", pa.string()), ("text", pa.string())])
    return pa.Table.from_pylist([{"_file": file, "text": text} for file, text in rows], schema=schema)


def read(spool: RowSpool) -> list[tuple[str, list[str]]]:
    return [(file, read_chunk(chunk)["text"].to_pylist()) for file, chunk in spool.chunks()]


def test_gives_the_rows_of_each_file_together_whatever_table_they_came_in(tmp_path: Path) -> None:
    spool = RowSpool(tmp_path / "rows")
    spool.add(table(("a", "1"), ("a", "2"), ("b", "3")))
    spool.add(table())
    spool.add(table(("b", "4"), ("c", "5")))
    spool.add(table(("a", "6")))
    assert read(spool) == [("a", ["1", "2", "6"]), ("b", ["3", "4"]), ("c", ["5"])]


def test_without_rows_gives_nothing(tmp_path: Path) -> None:
    spool = RowSpool(tmp_path / "rows")
    spool.add(table())
    assert read(spool) == []


def test_refuses_a_row_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(JobError, match="a row without a file"):
        RowSpool(tmp_path / "rows").add(table(("a", "1"), (None, "2")))


def test_loses_no_row_and_makes_no_chunk_too_large_but_for_one_large_row(tmp_path: Path) -> None:
    dice = random.Random(5)
    spool = RowSpool(tmp_path / "rows")
    expected: list[tuple[str, str]] = []
    for number in range(8):
        sizes = dice.choices([10, 100_000, 1_000_000], k=40)
        rows = [(dice.choice("abc"), f"{number}".ljust(size, "x")) for size in sizes]
        if number == 4:
            rows.append(("d", "y" * (CHUNK_BYTES + 1)))
        spool.add(table(*sorted(rows)))
        expected += rows
    given = []
    for file, chunk in spool.chunks():
        rows = read_chunk(chunk)
        assert rows.nbytes <= CHUNK_BYTES + 100 or rows.num_rows == 1
        given += [(file, text) for text in rows["text"].to_pylist()]
    assert sorted(given) == sorted(expected)
    assert [file for file, _ in given] == sorted(file for file, _ in expected)
