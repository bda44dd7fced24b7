from typing import Any

import pytest
from fake_s3 import refusal
from golden import table_spec
from partitioning.errors import JobError
from partitioning.manifest import Load, Mark
from partitioning.visit_files import list_files, swept_tables
from project import compile_tables
from readings import column


class Listing:
    """S3 that lists these keys, two a page."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.pages = 0

    def get_paginator(self, operation: str) -> "Listing":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Any:
        assert Bucket == "curated"
        found = [key for key in self.keys if key.startswith(Prefix)]
        for start in range(0, max(1, len(found)), 2):
            self.pages += 1
            # S3 leaves `Contents` out where there are none.
            yield {"Contents": [{"Key": key} for key in found[start : start + 2]]} if found else {}


def load_of(partition_by: str, files: int = 1, **more: Any) -> Load:
    columns = [column("id", "bigint"), column("at", "timestamp")]
    definition = {"name": "t", "columns": columns, "primary_key": ["id", "at"], "event_time": "at"}
    (spec,) = compile_tables({**definition, "partition_by": partition_by, "files_per_partition": files})
    return Load(
        load="load-1",
        token=1,
        staging_bucket="staging",
        curated_bucket="curated",
        ledger_table="ledger",
        recovers=(),
        report_key="",
        quarantine_prefix="",
        tables={"t": table_spec(spec)},
        **more,
    )


KEYS = [
    "t/part-0.parquet",
    "t/part-2.parquet",
    "t/part-10.parquet",
    "t/year=2026/part-0.parquet",
    "t/year=2026/month=11/part-0.parquet",
    "t/year=2026/month=11/day=21/part-0.parquet",
    "t/year=2026/month=11/day=21/hour=07/part-0.parquet",
    "t/year=2026/month=11/day=21/hour=07/part-2.parquet",
    "t/year=2026/month=11/day=21/hour=7/part-0.parquet",
    "t/year=2026/month=11/day=21/hour=07/part-0.parquet.tmp",
    "t/year=2026/month=11/day=21/hour=07/",
    "t.g2/part-0.parquet",
    "tt/part-0.parquet",
]


@pytest.mark.parametrize(
    ("partition_by", "files", "expected"),
    [
        ("none", 1, KEYS[:1]),
        ("none", 11, KEYS[:3]),
        ("year", 1, KEYS[3:4]),
        ("month", 1, KEYS[4:5]),
        ("day", 1, KEYS[5:6]),
        ("hour", 2, KEYS[6:7]),
        ("hour", 3, KEYS[6:8]),
    ],
)
def test_lists_the_files_that_the_table_may_have(partition_by: str, files: int, expected: list[str]) -> None:
    assert list(list_files(Listing(*KEYS), load_of(partition_by, files), "t")) == expected


def test_lists_page_by_page_in_the_folder_of_the_generation() -> None:
    load = load_of("none", 9, folders={"t": "t.g2"})
    s3 = Listing(*(f"t.g2/part-{number}.parquet" for number in range(9)))
    found = list_files(s3, load, "t")
    assert (next(found), s3.pages) == ("t.g2/part-0.parquet", 1)
    assert len(list(found)) == 8
    assert s3.pages == 5
    assert list(list_files(Listing(), load, "t")) == []


def test_visits_the_tables_with_a_sweep() -> None:
    marks = {"one": Mark("2026-11-21T10:00:00Z", True), "two": Mark("2026-11-21T10:00:00Z", False)}
    assert swept_tables(load_of("none", marks=marks)) == ["one"]


def test_says_what_the_role_needs() -> None:
    class Denied:
        def get_paginator(self, operation: str) -> "Denied":
            return self

        def paginate(self, **request: Any) -> Any:
            raise refusal(403, "AccessDenied")
            yield

    with pytest.raises(
        JobError, match=r"refuses to list s3://curated/t/: AccessDenied: the role needs s3:ListBucket"
    ):
        list(list_files(Denied(), load_of("none"), "t"))
