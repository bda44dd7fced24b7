"""Places: key, rank and file of what is stored, gathered from many files."""

from typing import TYPE_CHECKING

from ..manifest import Load, TableSpec
from ..merge.stored_views import create_stored_views
from ..spec_columns import quote_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_places(duckdb: "DuckDBPyConnection", load: Load, spec: TableSpec) -> str:
    """
    The table `places`, empty: what `places_sql` gives, and `_file` below the table's folder. Returns the
    names of the former, as a list in SQL. The view `mark` is there from now on.
    """
    create_stored_views(duckdb, spec, None, mark_of(load, spec))
    duckdb.execute(
        "CREATE OR REPLACE TEMP TABLE places AS "
        f"SELECT *, CAST(NULL AS VARCHAR) AS _file FROM ({spec.places_sql}) WHERE false"
    )
    *names, _ = (name for name, *_ in duckdb.execute("DESCRIBE places").fetchall())
    return ", ".join(map(quote_name, names))


def mark_of(load: Load, spec: TableSpec) -> str | None:
    mark = load.marks.get(spec.name)
    return mark.at if mark else None
