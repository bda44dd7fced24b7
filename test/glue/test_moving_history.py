"""However rows move, in whatever loads they come, whichever die: the table is the winners of all rows."""

import random
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from moving_loads import MovingLoads, dying, issue
from partitioning.errors import JobError
from world import World

KEYS, MONTHS, VERSIONS, SECONDS = range(6), (1, 2, 3), (None, 1, 2, 3), range(3)
LOADS = 6


class Landed(NamedTuple):
    """A row of a raw object; the later sorts higher (law 4)."""

    version: int
    fetched_at: str
    object: str
    line: int
    row: int
    id: int
    month: int
    title: str


class History:
    def __init__(self, loads: MovingLoads, seed: int) -> None:
        self.loads = loads
        self.dice = loads.dice = random.Random(seed)
        self.rows: list[Landed] = []
        self.pending: dict[str, dict[str, Any]] = {}
        #: Keys of raw objects whose loads died: their rows may be there.
        self.tried: set[str] = set()

    def land(self) -> None:
        pick = self.dice.choice
        fetched_at = f"2026-11-21T10:00:0{pick(SECONDS)}.000Z"
        rows = [
            issue(pick(KEYS), pick(MONTHS), pick(VERSIONS), pick(["open", "open", "gone"]))
            for _ in range(self.dice.randrange(1, 5))
        ]
        item = self.loads.land(*rows, fetched_at=fetched_at)
        self.pending[item["key"]] = item
        for number, row in enumerate(rows):
            version = -1 if row["version"] is None else row["version"]
            month = int(row["updated"][5:7])
            place = (item["key"], 0, number)
            self.rows.append(Landed(version, fetched_at, *place, row["id"], month, row["title"]))

    def load(self, *, dies: bool, all_pending: bool = False) -> None:
        many = len(self.pending) if all_pending else self.dice.randrange(1, len(self.pending) + 1)
        objects = self.dice.sample(list(self.pending.values()), many)
        done = [item for item in self.loads.world.objects if item["key"] not in self.pending]
        again = self.dice.sample(done, min(len(done), self.dice.randrange(2)))
        if dies:
            self.tried |= {item["key"] for item in objects}
            with dying(self.dice.randrange(6)):
                self.loads.load(*objects, *again, dies=True)
        else:
            self.loads.load(*objects, *again)
        for item in objects:
            del self.pending[item["key"]]
        self.tried &= self.pending.keys()

    def winners(self, objects: set[str]) -> dict[int, Landed]:
        found: dict[int, Landed] = {}
        for row in sorted(row for row in self.rows if row.object in objects):
            found[row.id] = row
        return found

    def stored(self, folder: Path) -> list[Landed]:
        by_place = {(row.object, row.line, row.row): row for row in self.rows}
        found = []
        for id_, month, _, *place in self.loads.rows(folder, "_object, _line, _row"):
            landed = by_place[tuple(place)]
            assert (landed.id, landed.month) == (id_, month)
            found.append(landed)
        return found

    def done(self) -> set[str]:
        return {row.object for row in self.rows} - self.pending.keys()

    def check_kept(self, stored: list[Landed], removes: bool) -> None:
        """What is committed is there, or a later row that a dead load has brought."""
        tried = self.done() | self.tried
        highest = self.winners(tried)
        last = {row.id: row for row in sorted(stored)}
        for id_, winner in self.winners(self.done()).items():
            if removes and winner.title == "gone":
                assert id_ not in last or last[id_] > winner
            elif id_ in last:
                assert last[id_] >= winner
            else:
                assert removes and any(
                    row.title == "gone" and row >= winner
                    for row in self.rows
                    if row.id == id_ and row.object in tried
                )
        assert all(row <= highest[row.id] for row in stored)


@pytest.mark.parametrize("seed", range(6))
def test_each_key_lies_once_where_its_last_row_says(world: World, tmp_path: Path, seed: int) -> None:
    removes = seed % 2 == 1
    options = {"delete_when": "title = 'gone'"} if removes else {}
    loads = MovingLoads.of(world, files_per_partition=1 + seed % 3, **options)
    loads.again = 25
    history = History(loads, seed)
    for number in range(LOADS):
        for _ in range(history.dice.randrange(1, 4)):
            history.land()
        try:
            history.load(dies=history.dice.random() < 0.5)
        except JobError:
            history.check_kept(history.stored(tmp_path), removes)
            continue
        stored = history.stored(tmp_path)
        assert len({row.id for row in stored}) == len(stored), number
        history.check_kept(stored, removes)
    while history.pending:
        history.load(dies=False)
    expected = history.winners(history.done()).values()
    assert sorted(history.stored(tmp_path)) == sorted(
        row for row in expected if not (removes and row.title == "gone")
    )
