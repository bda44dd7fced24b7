"""One file merged: the rows that came in and the file as it is → the file as it shall be."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ..manifest import TableSpec
from ..spec_columns import declare_columns, name_columns, quote_name
from .count_file import Merged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def merge_file(
    duckdb: "DuckDBPyConnection",
    spec: TableSpec,
    chunks: Iterable[pa.Table],
    *,
    stored: Path | None,
    merged: Path,
) -> Merged:
    """Writes `merged`. `stored`: the file as it is, None when there is none."""
    duckdb.execute(f"CREATE OR REPLACE TEMP TABLE incoming ({declare_columns(spec)})")
    for chunk in chunks:
        duckdb.register("chunk", chunk)
        duckdb.execute("INSERT INTO incoming BY NAME SELECT * FROM chunk")
        duckdb.unregister("chunk")
    duckdb.execute(f"CREATE OR REPLACE TEMP VIEW stored AS {_select_stored(spec, stored)}")
    # Kept, since it is read twice; a table gives its rows back in the order they came in.
    duckdb.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {spec.merge_sql}")
    outcomes = dict(duckdb.execute("SELECT _outcome, count(*) FROM merged GROUP BY _outcome").fetchall())
    duckdb.execute(
        f"COPY (SELECT {name_columns(spec)} FROM merged) TO {_quote_path(merged)} {spec.copy_options}"
    )
    (incoming,) = duckdb.execute("SELECT count(*) FROM incoming").fetchone() or (0,)
    duckdb.execute("DROP VIEW stored; DROP TABLE merged; DROP TABLE incoming")
    with merged.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Merged(
        incoming=incoming,
        rows=sum(outcomes.values()),
        inserted=outcomes.get("inserted", 0),
        updated=outcomes.get("updated", 0),
        sha256=digest,
        bytes=merged.stat().st_size,
    )


def _select_stored(spec: TableSpec, stored: Path | None) -> str:
    if stored is None:
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {quote_name(name)}" for name, kind in spec.columns)
        return f"SELECT {empty} WHERE false"
    return f"SELECT * FROM read_parquet({_quote_path(stored)}, hive_partitioning = false)"


def _quote_path(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
