"""The load as parsing tasks see it where keys move: rows are filed by their key, and know their own file."""

from dataclasses import dataclass, fields, replace

from ..manifest import Load, TableSpec
from ..spec_columns import quote_name

#: The file of a row's own event time.
OWN_FILE = "_own_file"


@dataclass(frozen=True)
class LoadByKey(Load):
    buckets: int = 1

    def spec_of(self, table: str, reading: str) -> TableSpec:
        spec = super().spec_of(table, reading)
        bucket = f'CASE WHEN "_file" IS NOT NULL THEN {bucket_of(spec, self.buckets)} END'
        return replace(
            spec,
            columns=(*spec.columns, (OWN_FILE, "varchar")),
            parse_sql=f"SELECT * REPLACE ({bucket} AS _file), _file AS {OWN_FILE} FROM ({spec.parse_sql})",
        )


def file_by_key(load: Load, buckets: int) -> LoadByKey:
    return LoadByKey(**{field.name: getattr(load, field.name) for field in fields(load)}, buckets=buckets)


def bucket_of(spec: TableSpec, buckets: int) -> str:
    """Where rows and places of one key meet: an expression over the key's columns."""
    keys = ", ".join(map(quote_name, spec.key))
    return f"'keys-' || hash({keys}) % {buckets}"
