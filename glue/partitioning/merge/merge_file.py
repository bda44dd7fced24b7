"""One file merged: the rows that came in and the file as it is → the file as it shall be."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ..manifest import TableSpec
from ..spec_columns import MOVED, declare_columns, name_columns, quote_text
from .count_file import Merged
from .stored_views import TOMBSTONES, create_stored_views

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Outcomes of merged rows that do not go into the file.
LEFT_OUT = ("removed", "gone", "vanished", "moved")


def merge_file(
    duckdb: "DuckDBPyConnection",
    spec: TableSpec,
    chunks: Iterable[pa.Table],
    *,
    stored: Path | None,
    merged: Path,
    mark: str | None = None,
) -> Merged:
    """
    Writes `merged`. `stored`: the file as it is, None when there is none. `mark` (ISO 8601, UTC): where rows
    fetched earlier do not count.
    """
    _take_in(duckdb, spec, chunks)
    create_stored_views(duckdb, spec, stored, mark)
    # Kept, since it is read twice; a table gives its rows back in the order they came in.
    duckdb.execute(f"CREATE OR REPLACE TEMP TABLE merged AS {spec.merge_sql}")
    outcomes = dict(duckdb.execute("SELECT _outcome, count(*) FROM merged GROUP BY _outcome").fetchall())
    _write(duckdb, spec, merged)
    violations = dict(duckdb.execute(spec.unique_sql).fetchall()) if spec.unique_sql else {}
    (incoming,) = duckdb.execute("SELECT count(*) FROM incoming").fetchone() or (0,)
    duckdb.execute("DROP TABLE merged; DROP TABLE incoming; DROP TABLE IF EXISTS moved")
    with merged.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Merged(
        incoming=incoming,
        rows=sum(rows for outcome, rows in outcomes.items() if outcome not in LEFT_OUT),
        inserted=outcomes.get("inserted", 0),
        updated=outcomes.get("updated", 0),
        removed=sum(outcomes.get(outcome, 0) for outcome in ("removed", "vanished", "moved")),
        sha256=digest,
        bytes=merged.stat().st_size,
        vanished=outcomes.get("vanished", 0),
        moved=outcomes.get("moved", 0),
        violations=violations,
    )


def _take_in(duckdb: "DuckDBPyConnection", spec: TableSpec, chunks: Iterable[pa.Table]) -> None:
    """Fills `incoming`, and in a moving table `moved`, with the keys of removals."""
    key = tuple((name, kind) for name, kind in spec.columns if name in spec.key)
    duckdb.execute(f"CREATE OR REPLACE TEMP TABLE incoming ({declare_columns(spec.carried)})")
    if spec.moving:
        duckdb.execute(f"CREATE OR REPLACE TEMP TABLE moved ({declare_columns(key)})")
    for chunk in chunks:
        duckdb.register("chunk", chunk)
        if MOVED in chunk.column_names:
            duckdb.execute(f"INSERT INTO moved SELECT {name_columns(key)} FROM chunk WHERE {MOVED}")
            rows = f"SELECT * EXCLUDE ({MOVED}) FROM chunk WHERE {MOVED} IS NOT TRUE"
        else:
            rows = "SELECT * FROM chunk"
        duckdb.execute(f"INSERT INTO incoming BY NAME {rows}")
        duckdb.unregister("chunk")


def _write(duckdb: "DuckDBPyConnection", spec: TableSpec, path: Path) -> None:
    rows, options = f"SELECT {name_columns(spec.columns)} FROM merged", spec.copy_options
    if spec.tombstones_sql or spec.marks or spec.moving:
        rows += f" WHERE _outcome NOT IN {LEFT_OUT}"
    if spec.tombstones_sql and (found := duckdb.execute(spec.tombstones_sql).fetchone()):
        metadata = f"KV_METADATA {{{TOMBSTONES}: {quote_text(found[0])}}}"
        options = f"{options.removesuffix(')')}, {metadata})"
    duckdb.execute(f"COPY ({rows}) TO {quote_text(str(path))} {options}")
