import gzip
import json
from typing import Any

import pytest
from fake_s3 import FakeS3, Stored
from partitioning.errors import JobError
from partitioning.manifest import Mark, RawObject, Totals, check_manifest, read_objects

URI = "s3://staging/loads/load-1/manifest.ndjson.gz"
HEADER = {
    "kind": "manifest",
    "v": 1,
    "load": "load-1",
    "token": 7,
    "staging_bucket": "staging",
    "curated_bucket": "curated",
    "ledger_table": "ledger",
    "recovers": ["load-0"],
    "report_key": "loads/load-1/report.ndjson.gz",
    "quarantine_prefix": "quarantine/",
    "tables": [
        {
            "v": 1,
            "name": "readings",
            "columns": [{"name": "id", "type": "bigint"}],
            "key": ["id"],
            "partition_by": "none",
            "files_per_partition": 1,
            "exact_fields": ["price"],
            "parse_sql": "SELECT 1",
            "merge_sql": "SELECT 2",
            "copy_options": "(FORMAT parquet);",
        }
    ],
}
END = {"kind": "end", "objects": 2, "bytes": 30}


def item(key: str, size: int, table: str = "readings") -> dict[str, Any]:
    return {
        "kind": "object",
        "table": table,
        "key": key,
        "version_id": f"v-{key}",
        "etag": '"e"',
        "bytes": size,
    }


def stored(*lines: Any, cut: int | None = None) -> FakeS3:
    data = gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode())
    return FakeS3({"loads/load-1/manifest.ndjson.gz": Stored(data[:cut], {})})


def test_gives_the_header_the_totals_and_then_the_objects() -> None:
    s3 = stored(HEADER, item("raw/a", 10), item("raw/b", 20), END)
    load, totals = check_manifest(s3, URI)
    assert (load.load, load.token, load.recovers, totals) == ("load-1", 7, ("load-0",), Totals(2, 30))
    table = load.tables["readings"]
    assert (table.columns, table.exact_fields, table.copy_options) == (
        (("id", "bigint"),),
        ("price",),
        "(FORMAT parquet)",
    )
    assert list(read_objects(s3, URI)) == [
        RawObject("readings", "raw/a", "v-raw/a", 10),
        RawObject("readings", "raw/b", "v-raw/b", 20),
    ]


def test_tells_marks_and_folders_and_which_table_a_file_belongs_to() -> None:
    tables = [{**HEADER["tables"][0], "name": name, "marks": True} for name in ("readings", "others", "more")]
    marks = {
        "readings": {"at": "2026-11-21T10:00:00.000Z", "sweep": True},
        "more": {"at": "2026-11-20T10:00:00Z"},
    }
    header = {**HEADER, "tables": tables, "marks": marks, "folders": {"others": "others.g2"}}
    load, totals = check_manifest(stored(header, {"kind": "end", "objects": 0, "bytes": 0}), URI)
    assert totals == Totals(0, 0)
    assert load.marks == {
        "readings": Mark("2026-11-21T10:00:00.000Z", True),
        "more": Mark("2026-11-20T10:00:00Z", False),
    }
    assert [load.folder_of(table) for table in load.tables] == ["readings", "others.g2", "more"]
    keys = ("others.g2/year=2026/part-0.parquet", "more/part-0.parquet")
    assert [load.table_of(key) for key in keys] == ["others", "more"]


@pytest.mark.parametrize(
    ("about", "s3", "message"),
    [
        ("no end line", stored(HEADER, item("raw/a", 10)), "cut short after 1 objects"),
        ("an object missing", stored(HEADER, item("raw/a", 10), END), "cut short after 1 objects"),
        ("another size", stored(HEADER, item("raw/a", 10), item("raw/b", 21), END), "cut short"),
        (
            "half of the bytes",
            stored(HEADER, item("raw/a", 10), item("raw/b", 20), END, cut=-40),
            "cannot be read",
        ),
        ("nothing", stored(), "does not begin with a manifest header of version 1"),
        ("another version", stored({**HEADER, "v": 2}, {**END, "objects": 0}), "header of version 1"),
        ("an unknown table", stored(HEADER, item("raw/a", 30, "other"), END), "raw/a is for the table other"),
        ("a key of two lines", stored(HEADER, item("raw/\na", 30), END), "holds control characters"),
    ],
)
def test_refuses(about: str, s3: FakeS3, message: str) -> None:
    with pytest.raises(JobError, match=message):
        check_manifest(s3, URI)


@pytest.mark.parametrize("uri", ["loads/load-1", "https://staging/key", "s3://staging", "s3:///key"])
def test_refuses_an_address_that_is_none(uri: str) -> None:
    with pytest.raises(JobError, match=r"is no s3:// address"):
        check_manifest(FakeS3(), uri)
