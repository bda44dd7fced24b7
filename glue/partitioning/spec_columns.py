"""The columns of a table spec as DuckDB reads them."""

from .manifest import TableSpec


def quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def name_columns(spec: TableSpec) -> str:
    return ", ".join(quote_name(name) for name, _ in spec.columns)


def declare_columns(spec: TableSpec) -> str:
    return ", ".join(f"{quote_name(name)} {kind}" for name, kind in spec.columns)
