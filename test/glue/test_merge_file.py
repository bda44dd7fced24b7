"""One file's merge in DuckDB: a function of the set of rows, in types that Athena reads."""

import random
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from golden import table_spec
from partitioning.manifest import TableSpec
from partitioning.merge.merge_file import merge_file
from partitioning.open_duckdb import Slots, open_duckdb
from project import compile_tables
from readings import column

SLOTS = Slots(2, 1 << 30)


@pytest.fixture(scope="module")
def tables() -> dict[str, TableSpec]:
    types = ["boolean", "bigint", "double", "varchar", "date", "timestamp"]
    decimals = ["decimal(4,2)", "decimal(9,0)", "decimal(18,3)", "decimal(38,20)"]
    every_type = [column(f"c{n}", kind) for n, kind in enumerate([*types, *decimals])]
    versions = [column("id", "varchar"), column("version", "bigint"), column("note", "varchar")]
    specs = compile_tables(
        {"name": "every_type", "columns": every_type},
        {"name": "versions", "columns": versions, "primary_key": ["id"], "order_by": ["version"]},
        {
            "name": "removals",
            "columns": versions,
            "primary_key": ["id"],
            "order_by": ["version"],
            "delete_when": "note = 'gone'",
        },
    )
    return {spec["name"]: table_spec(spec) for spec in specs}


def rows_of(select: str) -> pa.Table:
    with duckdb.connect() as connection:
        return connection.execute(select).to_arrow_table()


def test_the_footer_has_the_types_that_the_catalog_says(tables: dict[str, TableSpec], tmp_path: Path) -> None:
    spec = tables["every_type"]
    schema = rows_of(f"SELECT {typed_nulls(spec)}").schema
    chunk = pa.Table.from_pylist([{"_object": "raw/a", "_line": 0, "_row": 0}], schema=schema)
    with closing(open_duckdb(tmp_path, SLOTS)) as connection:
        merge_file(connection, spec, [chunk], stored=None, merged=tmp_path / "merged")
    schema = pq.ParquetFile(tmp_path / "merged").schema
    found = [(schema.column(n).name, glue_type(schema.column(n))) for n in range(len(schema))]
    assert found == [(name, "string" if kind == "varchar" else kind) for name, kind in spec.columns]


def glue_type(stored: Any) -> str:
    """What Athena must declare to read a column stored so."""
    logical = stored.logical_type.type
    if logical == "DECIMAL":
        assert stored.physical_type in ("INT32", "INT64", "FIXED_LEN_BYTE_ARRAY")
        return f"decimal({stored.precision},{stored.scale})"
    if logical == "TIMESTAMP":
        assert "microseconds" in stored.logical_type.to_json()
    types = {
        ("BOOLEAN", "NONE"): "boolean",
        ("INT64", "NONE"): "bigint",
        ("INT64", "INT"): "bigint",
        ("DOUBLE", "NONE"): "double",
        ("BYTE_ARRAY", "STRING"): "string",
        ("INT32", "DATE"): "date",
        ("INT64", "TIMESTAMP"): "timestamp",
    }
    return types[stored.physical_type, logical]


@pytest.mark.parametrize("name", ["versions", "removals"])
def test_the_bytes_are_a_function_of_the_set_of_rows(
    tables: dict[str, TableSpec], name: str, tmp_path: Path
) -> None:
    """However the rows are ordered, cut into chunks and spread over loads, and whatever comes twice."""
    spec = tables[name]
    dice = random.Random(6)
    for number in range(12):
        rows = pa.Table.from_pylist(
            [{**random_row(dice, line), "_deleted": dice.random() < 0.4} for line in range(40)],
            schema=rows_of(f"SELECT {typed_nulls(spec)}").schema,
        )
        expected = run_loads(spec, tmp_path, [[rows]])
        places = [*range(40), *dice.choices(range(40), k=15)]
        dice.shuffle(places)
        loads: list[list[pa.Table]] = [[]]
        while places:
            size = dice.randrange(1, 15)
            loads[-1].append(rows.take(places[:size]))
            places = places[size:]
            if places and dice.random() < 0.5:
                loads.append([])
        assert run_loads(spec, tmp_path, loads) == expected, number


def random_row(dice: random.Random, line: int) -> dict[str, Any]:
    """Few keys, few versions, few times: most rows meet others, and ties go down to the line."""
    return {
        "id": dice.choice("abcdefgh"),
        "version": dice.choice([None, 1, 2]),
        "note": f"note {line}",
        "_scheduled_at": datetime(2026, 11, 21, 10),
        "_fetched_at": datetime(2026, 11, 21, 10, 0, dice.randrange(3)),
        "_object": dice.choice(["raw/a", "raw/b"]),
        "_line": line,
        "_row": 0,
    }


def typed_nulls(spec: TableSpec) -> str:
    return ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in spec.carried)


def run_loads(spec: TableSpec, folder: Path, loads: list[list[pa.Table]]) -> bytes:
    stored: Path | None = None
    with closing(open_duckdb(folder, SLOTS)) as connection:
        for number, chunks in enumerate(loads):
            merged = folder / f"{number % 2}.parquet"
            counted = merge_file(connection, spec, chunks, stored=stored, merged=merged)
            assert counted.incoming == sum(chunk.num_rows for chunk in chunks)
            stored = merged
    assert stored
    return stored.read_bytes()
