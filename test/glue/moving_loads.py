"""Loads of one table whose rows move, one after the other, with the sums of each."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow.parquet as pq
from here import SparkHere
from project import REGION, compile_tables
from readings import column
from world import FETCHED, Report, World, raw_line

ISSUES = {
    "name": "issues",
    "columns": [
        column("id", "bigint"),
        column("updated", "timestamp"),
        column("version", "bigint"),
        column("title", "varchar"),
    ],
    "primary_key": ["id"],
    "event_time": "updated",
    "partition_by": "month",
    "order_by": ["version"],
    "moving_keys": True,
}


def issue(id_: int, month: int, version: int | None, title: str = "open") -> dict[str, Any]:
    return {"id": id_, "updated": f"2026-{month:02}-05T00:00:00Z", "version": version, "title": title}


class NoFigures:
    def add(self, figures: dict[str, float]) -> None:
        pass


@dataclass
class MovingLoads:
    world: World
    #: As `compileTable` takes it, and what it gives.
    definition: dict[str, Any]
    spec: dict[str, Any] = field(default_factory=dict)
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    #: Of 100 tasks.
    again: int = 0
    number: int = 0
    #: Every load that has died: as the dispatcher does, none is forgotten when another one is committed.
    dead: list[str] = field(default_factory=list)
    #: None was committed since the last of them.
    untold: bool = False
    #: Rows in the files, as the receipts of all loads tell it.
    told: int = 0
    #: Of the last load.
    shuffles: int = 0
    broken: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, world: World, **changes: Any) -> "MovingLoads":
        loads = cls(world, ISSUES)
        loads.define(**changes)
        return loads

    def define(self, **changes: Any) -> None:
        self.definition = {**self.definition, **changes}
        (self.spec,) = compile_tables(self.definition)

    def land(self, *rows: dict[str, Any], fetched_at: str = FETCHED) -> dict[str, Any]:
        item = self.world.land(
            "issues", f"{len(self.world.objects):03}", raw_line(list(rows), fetched_at=fetched_at)
        )
        self.world.objects.append(item)
        return item

    def load(self, *objects: dict[str, Any], dies: bool = False, **header: Any) -> dict[str, int]:
        """The sums of the report, after a check of it. `dies`: when all is written, but for the report."""
        from partitioning.errors import JobError
        from partitioning.manifest import Load
        from partitioning.open_duckdb import Slots
        from partitioning.plan_load import plan_load
        from partitioning.prepare_load import prepare_load
        from partitioning.run_load import report_lines
        from partitioning.task_settings import TaskSettings

        manifest = self.prepare(*objects, **header)
        prepared = prepare_load(manifest=manifest, region=REGION, endpoint=self.world.aws.endpoint)
        load: Load = prepared.load
        settings = TaskSettings(load, REGION, self.world.aws.endpoint, Slots(2, 1 << 30), NoFigures())
        spark: Any = SparkHere(self.dice, self.again)
        try:
            frame: Any = report_lines(spark, plan_load(prepared, 2), settings)
            if dies:
                raise JobError("killed")
        except JobError:
            self.dead.append(load.load)
            self.untold = True
            raise
        self.shuffles = spark.shuffles
        lines = [json.loads(row["line"]) for row in frame.rows()]
        return self.commit(Report({}, lines))

    def prepare(self, *objects: dict[str, Any], **header: Any) -> str:
        self.number += 1
        return self.world.prepare(
            f"load-{self.number}",
            [self.spec],
            list(objects),
            recovers=tuple(self.dead),
            token=self.number,
            **header,
        )

    def commit(self, report: Report) -> dict[str, int]:
        self.untold = False
        self.broken = report.of("violation")
        sums = report.sums()
        sums |= {name: sum(line.get(name, 0) for line in report.of("file")) for name in ("moved", "vanished")}
        assert sums["removed"] == sums["deleted"] + sums["moved"] + sums["vanished"]
        self.told += sums["inserted"] + sums["recovered"] - sums["removed"]
        return sums

    def rows(self, folder: Path, more: str = "title") -> list[tuple]:
        """(id, month, version, more …) of every row, after a check that each lies where it belongs."""
        select = f"SELECT id, month(updated), version, {more}, filename FROM data ORDER BY ALL"
        rows = self.world.rows(folder, select, "issues") if self.world.keys(self.world.curated) else []
        assert all(f"/month={month:02}/" in file for _, month, *_, file in rows)
        # Only what a dead load did has not been told yet.
        assert len(rows) == self.told or self.untold
        return [row[:-1] for row in rows]

    def tombstones(self) -> list[Any]:
        """Keys and ranks of all rows that are removed."""
        found = (pq.read_metadata(BytesIO(data)).metadata or {} for data in self.world.files().values())
        texts = (metadata.get(b"catchwater_tombstones") for metadata in found)
        return [row for text in texts if text for row in json.loads(text)["rows"]]


@contextmanager
def dying(puts: int) -> Iterator[None]:
    """Loads that die after so many PUTs."""
    from partitioning.errors import JobError
    from partitioning.merge.curated_store import CuratedStore

    put, lock = CuratedStore.put, Lock()
    left = iter(range(puts))

    def counted(store: CuratedStore, *args: Any) -> str:
        with lock:
            if next(left, None) is None:
                raise JobError("killed")
            return put(store, *args)

    CuratedStore.put = counted  # type: ignore[method-assign]
    try:
        yield
    finally:
        CuratedStore.put = put  # type: ignore[method-assign]
