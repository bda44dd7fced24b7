"""Columns of a table spec as DuckDB reads them."""

#: (name, type) of each, in order.
Columns = tuple[tuple[str, str], ...]

#: True of a removal: its key lies in another file from now on. It has the columns of the key and this one.
MOVED = "_moved"


def quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def name_columns(columns: Columns) -> str:
    return ", ".join(quote_name(name) for name, _ in columns)


def declare_columns(columns: Columns) -> str:
    return ", ".join(f"{quote_name(name)} {kind}" for name, kind in columns)


def quote_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
