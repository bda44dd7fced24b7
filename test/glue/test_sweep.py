"""Tables with marks: what a complete listing no longer has, also in files that no row of the load is for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from faulty_proxy import Answer, Forward, Request, faulty_proxy, refusal
from project import compile_tables
from readings import HOUR_7, HOUR_8, HOUR_9, READINGS, ROWS, reading
from world import World, raw_line

Run = Callable[..., None]
ALL = "SELECT filename, station, value FROM data ORDER BY ALL"
#: The listing's first request.
BEGAN = "2026-11-21T12:00:00.000Z"
LATER = "2026-11-21T12:00:05.000Z"
SWEEP = {"readings": {"at": BEGAN, "sweep": True}}


@pytest.fixture(scope="module")
def marked() -> dict[str, Any]:
    (spec,) = compile_tables({**READINGS, "marked": True})
    return spec


@pytest.fixture
def listed(world: World, run: Run, marked: dict[str, Any]) -> World:
    """Three rows in two hours, and a later listing with the last of them, and one more."""
    run(world.prepare("load-1", [marked], [world.land("readings", "one", raw_line(ROWS))]))
    listing = raw_line([ROWS[2], reading("c", "09:00:00", 4)], fetched_at=LATER)
    run(world.prepare("load-2", [marked], [world.land("readings", "listing", listing)], token=2))
    return world


def test_a_sweep_visits_every_file_of_its_table_and_nothing_else(
    listed: World, run: Run, marked: dict[str, Any], tmp_path: Path
) -> None:
    strange = ("readings/notes.txt", "readings/part-0.parquet", HOUR_7.replace("part-0", "part-1"))
    elsewhere = (HOUR_7.replace("readings/", "readings.g2/"), HOUR_7.replace("readings/", "others/"))
    data = listed.files()[HOUR_7]
    for key in (*strange, *elsewhere):
        listed.aws.s3.put_object(Bucket=listed.curated, Key=key, Body=data)
    (others,) = compile_tables({**READINGS, "name": "others", "marked": True})
    before = listed.listing(listed.curated)
    marks = {**SWEEP, "others": {"at": BEGAN}}
    run(listed.prepare("load-3", [marked, others], [], token=3, marks=marks))

    report = listed.report("load-3")
    sums = report.sums()
    assert {line["key"]: (line["vanished"], line["rows_after"]) for line in report.of("file")} == {
        HOUR_7: (2, 0),
        HOUR_8: (0, 1),
        HOUR_9: (0, 1),
    }
    assert (sums["removed"], sums["vanished"], sums["deleted"], sums["written"]) == (2, 2, 0, 1)
    assert (sums["rows_before"], sums["rows_after"]) == (4, 2)
    after = listed.listing(listed.curated)
    # It stays, without rows.
    assert {key for key in after if after[key] != before[key]} == {HOUR_7}
    assert after.keys() == before.keys()
    metadata = listed.aws.s3.head_object(Bucket=listed.curated, Key=HOUR_7)["Metadata"]
    assert {name: metadata[name] for name in ("rows", "removed", "vanished")} == {
        "rows": "0",
        "removed": "2",
        "vanished": "2",
    }

    for key in strange:
        listed.aws.s3.delete_object(Bucket=listed.curated, Key=key)
    assert listed.rows(tmp_path, ALL) == [(HOUR_8, "b", 3.0), (HOUR_9, "c", 4.0)]


def test_what_comes_later_from_before_the_mark_is_a_duplicate(
    listed: World, run: Run, marked: dict[str, Any], tmp_path: Path
) -> None:
    run(listed.prepare("load-3", [marked], [], token=3, marks=SWEEP))
    late = listed.land("readings", "late", raw_line([ROWS[0], reading("d", "09:00:00", 5)]))
    run(listed.prepare("load-4", [marked], [late], token=4, marks={"readings": {"at": BEGAN}}))
    report = listed.report("load-4")
    sums = report.sums()
    assert (sums["rows"], sums["duplicate"], sums["written"]) == (2, 2, 0)
    assert {line["key"] for line in report.of("file")} == {HOUR_7, HOUR_9}
    assert [row[1] for row in listed.rows(tmp_path, ALL)] == ["b", "c"]


def test_a_sweep_takes_rows_in_as_well(
    listed: World, run: Run, marked: dict[str, Any], tmp_path: Path
) -> None:
    rows = [reading("a", "07:00:00", 10), reading("b", "08:00:00", 30)]
    item = listed.land("readings", "three", raw_line(rows, fetched_at="2026-11-21T13:00:00.000Z"))
    run(listed.prepare("load-3", [marked], [item], token=3, marks=SWEEP))
    sums = listed.report("load-3").sums()
    # Of the two old rows of the hour, one is replaced.
    assert {name: sums[name] for name in ("updated", "inserted", "vanished", "duplicate")} == {
        "updated": 2,
        "inserted": 0,
        "vanished": 1,
        "duplicate": 0,
    }
    assert [row[1:] for row in listed.rows(tmp_path, ALL)] == [("a", 10.0), ("b", 30.0), ("c", 4.0)]


def test_what_a_sweep_removed_that_died_is_recovered(
    listed: World, aws: Any, run: Run, marked: dict[str, Any]
) -> None:
    def rule(request: Request, forward: Forward) -> Answer | None:
        return refusal(403, "AccessDenied") if "report" in request.path else forward()

    manifest = listed.prepare("load-3", [marked], [], token=3, marks=SWEEP)
    with faulty_proxy(aws.endpoint, rule) as endpoint, pytest.raises(ClientError, match="AccessDenied"):
        run(manifest, endpoint)
    before = listed.etags()
    run(listed.prepare("load-4", [marked], [], recovers=("load-3",), token=4, marks=SWEEP))
    assert listed.etags() == before
    sums = listed.report("load-4").sums()
    assert {name: sums[name] for name in ("rows_before", "rows_after", "recovered", "vanished")} == {
        "rows_before": 4,
        "rows_after": 2,
        "recovered": -2,
        "vanished": 0,
    }


def test_a_sweeping_task_that_spark_tries_again_counts_once(
    listed: World, aws: Any, run: Run, marked: dict[str, Any]
) -> None:
    refused: list[str] = []

    def rule(request: Request, forward: Forward) -> Answer | None:
        is_footer = request.method == "GET" and "Range" in request.headers
        if is_footer and HOUR_7 in request.path and not refused:
            refused.append(request.path)
            return refusal(403, "AccessDenied")
        return forward()

    manifest = listed.prepare("load-3", [marked], [], token=3, marks=SWEEP)
    with faulty_proxy(aws.endpoint, rule) as endpoint:
        run(manifest, endpoint, retries=1)
    assert len(refused) == 1
    sums = listed.report("load-3").sums()
    assert (sums["vanished"], sums["recovered"], sums["written"]) == (2, 0, 1)


def test_a_later_generation_lies_in_its_own_folder(
    listed: World, run: Run, marked: dict[str, Any], tmp_path: Path
) -> None:
    (others,) = compile_tables({**READINGS, "name": "others"})
    before = listed.listing(listed.curated)
    bad = raw_line([*ROWS, reading("d", "yesterday", 5)])
    items = [listed.land(table, "again", bad) for table in ("readings", "others")]
    folders = {"readings": "readings.g2"}
    run(listed.prepare("load-3", [marked, others], items, token=3, folders=folders))
    report = listed.report("load-3")
    assert report.sums()["inserted"] == 6
    assert {(line["table"], line["key"]) for line in report.of("file")} == {
        (table, key.replace("readings/", f"{folder}/"))
        for table, folder in (("readings", "readings.g2"), ("others", "others"))
        for key in (HOUR_7, HOUR_8)
    }
    assert len(listed.quarantine("load-3", "readings")) == 1
    # The first generation is as it was; a sweep of the second one does not touch it.
    run(listed.prepare("load-4", [marked], [], token=4, folders=folders, marks=SWEEP))
    assert listed.report("load-4").sums()["vanished"] == 3
    after = listed.listing(listed.curated)
    assert {key: after[key] for key in before} == before
    assert listed.rows(tmp_path, ALL, "readings.g2") == []
