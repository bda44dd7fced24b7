from dataclasses import replace

import pytest
from partitioning.manifest import Load
from partitioning.merge.count_file import FileCounts, Merged, count_file, file_metadata, needs_write
from partitioning.merge.curated_store import StoredFile

LOAD = Load(
    load="load-3",
    token=3,
    staging_bucket="staging",
    curated_bucket="curated",
    ledger_table="ledger",
    recovers=("load-1", "load-2"),
    report_key="loads/load-3/report.ndjson.gz",
    quarantine_prefix="quarantine/",
    tables={},
)
MERGED = Merged(incoming=10, rows=20, inserted=4, updated=3, removed=0, sha256="new", bytes=1000)


def found(load: str | None, *, rows: int = 16, before: int = 12, sha256: str = "old") -> StoredFile:
    counts = {"rows-before": str(before), "inserted": "2", "updated": "1", "removed": "1"}
    metadata = {"load": load, **counts} if load else {}
    return StoredFile(etag='"old"', metadata=metadata, sha256=sha256, rows=rows)


def leaving(file: StoredFile, **given: int) -> StoredFile:
    return replace(file, metadata={**file.metadata, **{name: str(rows) for name, rows in given.items()}})


def counts(**given: int | bool) -> FileCounts:
    expected = {"inserted": 4, "updated": 3, "duplicate": 3, "recovered": 0, "removed": 0, "written": True}
    return FileCounts(**{"rows_before": 0, "vanished": 0, "moved": 0, **expected, **given})


@pytest.mark.parametrize(
    ("about", "stored", "merged", "expected"),
    [
        ("a new file", None, replace(MERGED, rows=4), counts()),
        ("a file of a committed load", found("load-0"), MERGED, counts(rows_before=16)),
        ("a file of nobody", found(None), MERGED, counts(rows_before=16)),
        ("a file of a dead load", found("load-2"), MERGED, counts(rows_before=12, recovered=4)),
        ("a file of an earlier dead load", found("load-1"), MERGED, counts(rows_before=12, recovered=4)),
        (
            "a file that stays as it was",
            found("load-0", sha256="new", rows=20),
            replace(MERGED, inserted=0, updated=0),
            counts(rows_before=20, inserted=0, updated=0, duplicate=10, written=False),
        ),
        (
            "a file that stays as a dead load left it",
            found("load-2", sha256="new", rows=20),
            replace(MERGED, inserted=0, updated=0),
            counts(rows_before=12, recovered=8, inserted=0, updated=0, duplicate=10),
        ),
        (
            # Its counts are those of the try that wrote it: 2 inserted, 1 updated, 1 removed.
            "a file that an earlier try of this load wrote",
            found("load-3", sha256="new", rows=13),
            replace(MERGED, rows=13, inserted=0, updated=0),
            counts(rows_before=12, inserted=2, updated=1, removed=1, duplicate=6),
        ),
        (
            "a file that an earlier try of this load wrote over a dead load's",
            found("load-3", sha256="new", rows=20),
            replace(MERGED, inserted=0, updated=0),
            counts(rows_before=12, inserted=2, updated=1, removed=1, duplicate=6, recovered=7),
        ),
        (
            "a file that loses rows",
            found("load-0"),
            replace(MERGED, rows=15, removed=5, inserted=4, updated=1),
            counts(rows_before=16, updated=1, removed=5, duplicate=0),
        ),
        (
            # Those that vanish or move have met no incoming row: 2 of 10 have removed their key.
            "a file that rows leave in three ways",
            found("load-0"),
            replace(MERGED, rows=11, removed=9, vanished=4, moved=3, inserted=4, updated=1),
            counts(rows_before=16, updated=1, removed=9, vanished=4, moved=3, duplicate=3),
        ),
        (
            "a file that an earlier try of this load let rows leave",
            leaving(found("load-3", sha256="new", rows=13), removed=5, vanished=2, moved=1),
            replace(MERGED, rows=13, inserted=0, updated=0),
            counts(
                rows_before=12,
                inserted=2,
                updated=1,
                removed=5,
                vanished=2,
                moved=1,
                duplicate=5,
                recovered=4,
            ),
        ),
        (
            "a file that a dead load has swept",
            leaving(found("load-2", sha256="new", rows=7), removed=5, vanished=5),
            replace(MERGED, rows=7, inserted=0, updated=0),
            counts(rows_before=12, recovered=-5, inserted=0, updated=0, duplicate=10),
        ),
        (
            "a file that a dead load has taken rows from",
            found("load-2", rows=10),
            replace(MERGED, rows=14),
            counts(rows_before=12, recovered=-2),
        ),
        ("another file of this load", found("load-3"), MERGED, counts(rows_before=12, recovered=4)),
    ],
)
def test_counts(about: str, stored: StoredFile | None, merged: Merged, expected: FileCounts) -> None:
    counted = count_file(LOAD, stored, merged)
    assert counted == expected
    assert merged.rows == counted.rows_before + counted.inserted + counted.recovered - counted.removed
    assert merged.incoming == counted.inserted + counted.updated + counted.duplicate + counted.deleted


def test_the_metadata_hands_on_the_count_of_the_last_commit() -> None:
    counted = count_file(LOAD, found("load-2"), MERGED)
    assert file_metadata(LOAD, MERGED, counted) == {
        "load": "load-3",
        "sha256": "new",
        "rows-before": "12",
        "rows": "20",
        "inserted": "4",
        "updated": "3",
        "removed": "0",
    }


@pytest.mark.parametrize(
    ("about", "stored", "expected"),
    [
        ("a new file", None, True),
        ("a file that changes", found("load-0"), True),
        ("a file that stays as a committed load left it", found("load-0", sha256="new"), False),
        ("a file that an earlier try of this load wrote", found("load-3", sha256="new"), False),
        ("a file that stays as a dead load left it", found("load-2", sha256="new"), True),
    ],
)
def test_writes_what_is_not_there_under_the_name_of_a_load_that_counts(
    about: str, stored: StoredFile | None, expected: bool
) -> None:
    assert needs_write(LOAD, stored, MERGED) == expected


def test_what_a_dead_load_left_is_recovered_once() -> None:
    unchanged = replace(MERGED, inserted=0, updated=0)
    first = count_file(LOAD, found("load-2", sha256="new", rows=20), unchanged)
    assert (first.rows_before, first.recovered) == (12, 8)
    metadata = file_metadata(LOAD, unchanged, first)
    # The next load: this one is committed, the dead one not forgotten.
    then = replace(LOAD, load="load-4", recovers=LOAD.recovers)
    second = count_file(then, StoredFile('"new"', metadata, "new", 20), unchanged)
    assert (second.rows_before, second.recovered, second.written) == (20, 0, False)
