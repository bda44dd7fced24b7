"""Athena reads what the catalog says: projected or registered partitions, the columns in their order."""

from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
from ministack.services import athena, glue

from .partition_projection import projected
from .rebind import original, rebind

Table = dict[str, Any]

_data_format = original(athena, "_data_format")
_datum_text = original(athena, "_datum_text")
_duckdb_type = original(athena, "_duckdb_type")
_empty_relation = original(athena, "_empty_relation")

# Physical types of Parquet that a column of the catalog takes. Any other is HIVE_BAD_DATA on AWS.
ACCEPTED = {
    "tinyint": {"TINYINT"},
    "smallint": {"SMALLINT", "TINYINT"},
    "int": {"INTEGER", "SMALLINT", "TINYINT"},
    "bigint": {"BIGINT", "INTEGER"},
    "float": {"FLOAT"},
    "double": {"DOUBLE", "FLOAT"},
    "boolean": {"BOOLEAN"},
    "string": {"VARCHAR"},
    "date": {"DATE"},
    "timestamp": {"TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"},
    "binary": {"BLOB"},
}


def extend_athena() -> None:
    rebind(athena, "_table_relation", table_relation)
    rebind(athena, "_run_duckdb", as_text)


def table_relation(relate: Any) -> Any:
    def relate_parquet(table: Table, files: list[str]) -> str:
        if _data_format(table) != "parquet":
            return relate(table, files)
        reached = reachable(table, files)
        seen = [file for file in files if address(table, file) in reached]
        if not seen:
            return _empty_relation(table)
        relation = relate(table, seen)
        present = {
            name.lower(): kind
            for name, kind, *_ in duckdb.sql(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        }
        columns = [select_column(column, present) for column in table["StorageDescriptor"]["Columns"]]
        columns += [quoted(key["Name"]) for key in table.get("PartitionKeys") or []]
        return f"(SELECT {', '.join(columns)} FROM {relation})"

    return relate_parquet


def reachable(table: Table, files: list[str]) -> set[str]:
    uris = [address(table, file) for file in files]
    if not table.get("PartitionKeys"):
        return set(uris)
    if (table.get("Parameters") or {}).get("projection.enabled", "").lower() == "true":
        return set(projected(table, uris))
    registered = glue._partitions.get(f"{table['DatabaseName']}/{table['Name']}") or []
    folders = tuple(each["StorageDescriptor"]["Location"].rstrip("/") + "/" for each in registered)
    return {uri for uri in uris if uri.startswith(folders)}


def address(table: Table, file: str) -> str:
    """MiniStack copies the objects into a folder of the query's own and reads them there."""
    parts = Path(file).parts
    root = max(index for index, part in enumerate(parts) if part.startswith("ministack-athena-"))
    return f"{table['StorageDescriptor']['Location'].rstrip('/')}/{PurePosixPath(*parts[root + 1 :])}"


def select_column(column: dict[str, str], present: dict[str, str]) -> str:
    """A column that no file has yet is null, as on AWS."""
    name = column["Name"]
    found = present.get(name.lower())
    if found is None:
        return f"CAST(NULL AS {_duckdb_type(column)}) AS {quoted(name)}"
    declared = column["Type"].lower()
    accepted = (
        {found} if declared.startswith("decimal") and found.startswith("DECIMAL") else ACCEPTED.get(declared)
    )
    if accepted is not None and found not in accepted:
        message = (
            f"HIVE_BAD_DATA: Field {name}'s type {found} in parquet file is incompatible with type {declared}"
        )
        raise ValueError(f"{message} defined in table schema")
    return quoted(name)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def as_text(run: Any) -> Any:
    """Rows as they are shown: MiniStack keeps them for GetQueryResults, and cannot save other values."""

    async def run_as_text(*args: Any, **kwargs: Any) -> dict[str, Any]:
        result = await run(*args, **kwargs)
        return {**result, "rows": [[text(value) for value in row] for row in result["rows"]]}

    return run_as_text


def text(value: Any) -> str | None:
    if value is None:
        return None
    # Athena's timestamp has milliseconds, always.
    return value.isoformat(" ", "milliseconds") if isinstance(value, datetime) else _datum_text(value)
