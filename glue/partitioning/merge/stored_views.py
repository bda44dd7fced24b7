"""What the statements of a table read beside the rows that came in: a file as it is, and the table's mark."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..manifest import TableSpec
from ..spec_columns import quote_name, quote_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Under which a file's metadata keeps what was removed from it.
TOMBSTONES = "catchwater_tombstones"


def create_stored_views(
    duckdb: "DuckDBPyConnection", spec: TableSpec, stored: Path | None, mark: str | None
) -> None:
    """
    `stored`, and `tombstones` and `mark` where a statement of the table reads them; a moving table has both,
    empty if need be. `stored`: the file, None for no file.
    """
    views = {"stored": _select_stored(spec, stored)}
    if spec.tombstones_sql or spec.moving:
        views["tombstones"] = _select_tombstones(stored if spec.tombstones_sql else None)
    if spec.marks or spec.moving:
        views["mark"] = _select_mark(mark)
    for name, select in views.items():
        duckdb.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")


def _select_stored(spec: TableSpec, stored: Path | None) -> str:
    if stored is None:
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {quote_name(name)}" for name, kind in spec.columns)
        return f"SELECT {empty} WHERE false"
    return f"SELECT * FROM read_parquet({quote_text(str(stored))}, hive_partitioning = false)"


def _select_tombstones(stored: Path | None) -> str:
    if stored is None:
        return "SELECT CAST(NULL AS VARCHAR) AS text WHERE false"
    metadata = f"parquet_kv_metadata({quote_text(str(stored))})"
    return f"SELECT decode(value) AS text FROM {metadata} WHERE decode(key) = '{TOMBSTONES}'"


def _select_mark(mark: str | None) -> str:
    if mark is None:
        return 'SELECT CAST(NULL AS TIMESTAMP) AS "at" WHERE false'
    return f'SELECT CAST({quote_text(mark)} AS TIMESTAMP) AS "at"'
