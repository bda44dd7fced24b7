"""Moving tables beside others in one load, under Spark."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from moving_loads import ISSUES, issue
from project import compile_tables
from readings import READINGS, ROWS, column, reading
from world import World, raw_line

Run = Callable[..., None]
LABELS = {
    "name": "labels",
    "shape": "list",
    "records": "$.labels",
    "columns": [
        {"name": "issue", "type": "bigint", "from": {"parent": "$.id"}},
        {"name": "updated", "type": "timestamp", "from": {"parent": "$.updated"}},
        column("name", "varchar"),
    ],
    "primary_key": ["issue", "name"],
    "event_time": "updated",
    "partition_by": "month",
    "moving_keys": True,
}


def test_tables_that_move_and_one_that_does_not_share_a_load(world: World, run: Run, tmp_path: Path) -> None:
    tables = compile_tables({**ISSUES, "child_records": ["$.labels"]}, LABELS, READINGS)

    def load(number: int, issues: list[dict[str, Any]], readings: list[Any], second: int) -> dict[str, int]:
        fetched_at = f"2026-11-21T10:00:0{second}.000Z"
        raw = world.land("issues", f"issues-{number}", raw_line(issues, fetched_at=fetched_at))
        plain = world.land("readings", f"readings-{number}", raw_line(readings, fetched_at=fetched_at))
        objects = [raw, {**raw, "table": "labels"}, plain]
        run(world.prepare(f"load-{number}", tables, objects, token=number))
        return world.report(f"load-{number}").sums()

    labels = {"labels": [{"name": "bug"}, {"name": "late"}]}
    first = [issue(n, 1 + n % 3, 1) | labels for n in range(40)]
    sums = load(1, first, [*ROWS, reading("a", "yesterday", 1)], 1)
    assert (sums["inserted"], sums["quarantined"], sums["moved"]) == (40 + 80 + 3, 1, 0)
    figures = world.report("load-1").header["engine"]["figures"]
    assert (figures["scanned_files"], figures["parse_tasks"]) == (0, 2)

    moved = [issue(n, 4, 2) | labels for n in range(0, 40, 4)]
    sums = load(2, [*moved, issue(99, 4, 1)], [reading("b", "08:00:00", 30)], 2)
    assert (sums["inserted"], sums["moved"], sums["updated"]) == (10 + 20 + 1, 10 + 20, 1)
    assert world.report("load-2").header["engine"]["figures"]["scanned_files"] == 6
    select = "SELECT month(updated), count(*), count(DISTINCT {key}) FROM data GROUP BY ALL ORDER BY ALL"
    for table, key, last, total in (("issues", "id", 11, 41), ("labels", "(issue, name)", 20, 80)):
        found = world.rows(tmp_path, select.format(key=key), table)
        assert found[-1] == (4, last, last)
        assert sum(rows for _, rows, _ in found) == total
    stations = world.rows(tmp_path, "SELECT station, value FROM data ORDER BY ALL", "readings")
    assert stations == [("a", 1.0), ("a", 2.0), ("b", 30.0)]
