"""What the parse statement makes of one table of lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from ..manifest import TableSpec
from ..spec_columns import declare_columns, name_columns

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: A map with data for names would make a report line of each of them: the commonest are enough.
MOST_DRIFT_FIELDS = 200
#: Beside the columns; what a statement does not give is NULL.
JUDGED = (
    "_file VARCHAR, _reject VARCHAR, _detail VARCHAR, _record VARCHAR, "
    "_filtered BOOLEAN, _violations VARCHAR[]"
)
GOOD = "_reject IS NULL AND _filtered IS NOT TRUE"


@dataclass(frozen=True)
class Reject:
    reason: str
    detail: str | None
    object: str
    line: int
    row: int | None
    record: str | None


@dataclass(frozen=True)
class ParsedLines:
    #: `_file`, then what a row carries, sorted by `_file`: the good rows.
    rows: pa.Table
    rejects: list[Reject]
    #: Object key → rows found in it, and those left out by the source's own filter.
    counts: dict[str, tuple[int, int]]
    #: Field that the contract does not name → rows it is in.
    drift: dict[str, int]
    #: `<warn or fail> <reason> <column>` → rows.
    violations: dict[str, int]


def parse_lines(duckdb: "DuckDBPyConnection", spec: TableSpec, lines: pa.Table) -> ParsedLines:
    """`lines`: object, line, text."""
    # Declared, not inferred: the rows of every task then have the same types.
    duckdb.execute(f"CREATE OR REPLACE TEMP TABLE parsed ({JUDGED}, {declare_columns(spec.carried)})")
    duckdb.register("lines", lines)
    try:
        duckdb.execute(f"INSERT INTO parsed BY NAME {spec.parse_sql}")
    finally:
        duckdb.unregister("lines")
    parsed = ParsedLines(
        rows=_select_rows(duckdb, spec),
        rejects=list(_select_rejects(duckdb)),
        counts=_count_rows(duckdb),
        drift=_count_drift(duckdb),
        violations=_count_violations(duckdb),
    )
    duckdb.execute("DROP TABLE parsed")
    return parsed


def _select_rows(duckdb: "DuckDBPyConnection", spec: TableSpec) -> pa.Table:
    query = f"SELECT _file, {name_columns(spec.carried)} FROM parsed WHERE {GOOD} ORDER BY _file"
    return duckdb.execute(query).to_arrow_table()


def _select_rejects(duckdb: "DuckDBPyConnection") -> Iterator[Reject]:
    found = duckdb.execute(
        "SELECT _reject, _detail, _object, _line, _row, _record FROM parsed WHERE _reject IS NOT NULL "
        "ORDER BY _object, _line, _row"
    )
    return (Reject(*row) for row in found.fetchall())


def _count_rows(duckdb: "DuckDBPyConnection") -> dict[str, tuple[int, int]]:
    found = duckdb.execute(
        "SELECT _object, count(*), count(*) FILTER (_reject IS NULL AND _filtered) FROM parsed "
        "GROUP BY _object"
    )
    return {key: (rows, filtered) for key, rows, filtered in found.fetchall()}


def _count_drift(duckdb: "DuckDBPyConnection") -> dict[str, int]:
    found = duckdb.execute(
        "SELECT field, count(*) FROM ("
        "SELECT unnest(list_distinct(json_keys(_extra))) AS field FROM parsed "
        f"WHERE {GOOD} AND _extra IS NOT NULL"
        f") GROUP BY field ORDER BY count(*) DESC, field LIMIT {MOST_DRIFT_FIELDS}"
    )
    return dict(found.fetchall())


def _count_violations(duckdb: "DuckDBPyConnection") -> dict[str, int]:
    found = duckdb.execute(
        "SELECT violation, count(*) FROM (SELECT unnest(_violations) AS violation FROM parsed) "
        # Those that fail come first: none of them may be lost.
        f"GROUP BY violation ORDER BY left(violation, 4), count(*) DESC, violation LIMIT {MOST_DRIFT_FIELDS}"
    )
    return dict(found.fetchall())
