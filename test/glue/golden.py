"""The golden cases (test/golden), as the compiler of the product fills them in."""

import gzip
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from project import compile_golden

Row = dict[str, str | None]


@cache
def golden_cases() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        return compile_golden(Path(folder))


def cases_of(kind: str) -> list[Any]:
    return [case for case in golden_cases() if kind in case]


def table_spec(spec: dict[str, Any]) -> Any:
    from partitioning.manifest import read_table

    return read_table(spec)


def texts(rows: pa.Table) -> list[Row]:
    """Every value as DuckDB prints it."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("rows", rows)
        return connection.execute("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM rows").to_arrow_table().to_pylist()


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Of object, line and row, NULL last."""

    def place(row: Row) -> tuple[str, int, float]:
        ordinal = row["_row"]
        return row["_object"] or "", int(row["_line"] or 0), float("inf" if ordinal is None else ordinal)

    return sorted(rows, key=place)


def pick(found: list[Row], expected: list[Row]) -> list[Row]:
    """Of each row what the expected one names."""
    names = [*expected, *({} for _ in found[len(expected) :])]
    return [{name: row[name] for name in wanted or row} for row, wanted in zip(found, names, strict=False)]


def raw_objects(lines: list[dict[str, Any]]) -> dict[str, bytes]:
    """Object key → gzipped lines, each at its number."""
    objects: dict[str, list[str]] = {}
    for line in sorted(lines, key=lambda line: line["line"]):
        texts = objects.setdefault(line["object"], [])
        texts += [""] * (line["line"] - len(texts))
        # As the fetcher lands it: line breaks of a response become spaces.
        texts.append(line["text"].replace("\n", " "))
    return {key: gzip.compress("\n".join(texts).encode()) for key, texts in objects.items()}
