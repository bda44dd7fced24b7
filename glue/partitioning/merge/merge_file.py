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

#: Under which a file's metadata keeps what was removed from it.
TOMBSTONES = "catchwater_tombstones"
#: Outcomes of merged rows that do not go into the file.
LEFT_OUT = ("removed", "gone")


def merge_file(
    duckdb: "DuckDBPyConnection",
    spec: TableSpec,
    chunks: Iterable[pa.Table],
    *,
    stored: Path | None,
    merged: Path,
) -> Merged:
    """Writes `merged`. `stored`: the file as it is, None when there is none."""
    duckdb.execute(f"CREATE OR REPLACE TEMP TABLE incoming ({declare_columns(spec.carried)})")
    for chunk in chunks:
        duckdb.register("chunk", chunk)
        duckdb.execute("INSERT INTO incoming BY NAME SELECT * FROM chunk")
        duckdb.unregister("chunk")
    duckdb.execute(f"CREATE OR REPLACE TEMP VIEW stored AS {_select_stored(spec, stored)}")
    if spec.tombstones_sql:
        duckdb.execute(f"CREATE OR REPLACE TEMP VIEW tombstones AS {_select_tombstones(stored)}")
    # Kept, since it is read twice; a table gives its rows back in the order they came in.
    duckdb.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {spec.merge_sql}")
    outcomes = dict(duckdb.execute("SELECT _outcome, count(*) FROM merged GROUP BY _outcome").fetchall())
    _write(duckdb, spec, merged)
    violations = dict(duckdb.execute(spec.unique_sql).fetchall()) if spec.unique_sql else {}
    (incoming,) = duckdb.execute("SELECT count(*) FROM incoming").fetchone() or (0,)
    duckdb.execute("DROP VIEW stored; DROP VIEW IF EXISTS tombstones; DROP TABLE merged; DROP TABLE incoming")
    with merged.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Merged(
        incoming=incoming,
        rows=sum(rows for outcome, rows in outcomes.items() if outcome not in LEFT_OUT),
        inserted=outcomes.get("inserted", 0),
        updated=outcomes.get("updated", 0),
        removed=outcomes.get("removed", 0),
        sha256=digest,
        bytes=merged.stat().st_size,
        violations=violations,
    )


def _write(duckdb: "DuckDBPyConnection", spec: TableSpec, path: Path) -> None:
    rows, options = f"SELECT {name_columns(spec.columns)} FROM merged", spec.copy_options
    if spec.tombstones_sql:
        rows += " WHERE NOT _deleted"
        if found := duckdb.execute(spec.tombstones_sql).fetchone():
            metadata = f"KV_METADATA {{{TOMBSTONES}: {_quote_text(found[0])}}}"
            options = f"{options.removesuffix(')')}, {metadata})"
    duckdb.execute(f"COPY ({rows}) TO {_quote_text(str(path))} {options}")


def _select_stored(spec: TableSpec, stored: Path | None) -> str:
    if stored is None:
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {quote_name(name)}" for name, kind in spec.columns)
        return f"SELECT {empty} WHERE false"
    return f"SELECT * FROM read_parquet({_quote_text(str(stored))}, hive_partitioning = false)"


def _select_tombstones(stored: Path | None) -> str:
    if stored is None:
        return "SELECT CAST(NULL AS VARCHAR) AS text WHERE false"
    metadata = f"parquet_kv_metadata({_quote_text(str(stored))})"
    return f"SELECT decode(value) AS text FROM {metadata} WHERE decode(key) = '{TOMBSTONES}'"


def _quote_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
