"""Tables whose rows change their place in time: what a load makes of them."""

from pathlib import Path

import pytest
from moving_loads import ISSUES, MovingLoads, dying, issue
from partitioning.errors import JobError
from readings import column
from world import World

OTHER_COUNTS = ("updated", "duplicate", "recovered", "deleted", "vanished")
REMOVABLE = {"delete_when": "title = 'gone'"}


@pytest.fixture
def loads(world: World) -> MovingLoads:
    return MovingLoads.of(world)


@pytest.fixture
def removable(world: World) -> MovingLoads:
    return MovingLoads.of(world, **REMOVABLE)


def test_a_row_that_moves_leaves_its_old_file(loads: MovingLoads, tmp_path: Path) -> None:
    sums = loads.load(loads.land(issue(1, 1, 1), issue(2, 1, 1), issue(3, 2, 1)))
    assert (sums["inserted"], sums["moved"], sums["rows_after"]) == (3, 0, 3)
    sums = loads.load(loads.land(issue(1, 2, 2)))
    assert loads.rows(tmp_path) == [(1, 2, 2, "open"), (2, 1, 1, "open"), (3, 2, 1, "open")]
    assert (sums["inserted"], sums["moved"], sums["rows_before"], sums["rows_after"]) == (1, 1, 3, 3)
    assert [sums[name] for name in OTHER_COUNTS] == [0] * 5


def test_a_load_without_moving_keys_is_as_short_as_ever(loads: MovingLoads) -> None:
    loads.load(loads.land(issue(1, 1, 1)))
    assert loads.shuffles == 3
    loads.define(moving_keys=False)
    loads.load(loads.land(issue(2, 1, 1)))
    assert loads.shuffles == 1


def test_a_row_moves_back(loads: MovingLoads, tmp_path: Path) -> None:
    loads.load(loads.land(issue(1, 1, 1)))
    loads.load(loads.land(issue(1, 2, 2)))
    sums = loads.load(loads.land(issue(1, 1, 3)))
    assert loads.rows(tmp_path) == [(1, 1, 3, "open")]
    assert (sums["inserted"], sums["moved"]) == (1, 1)


def test_rows_that_change_places_leave_no_copy(loads: MovingLoads, tmp_path: Path) -> None:
    """Both files gain and lose a row: each is written twice and reported once."""
    loads.load(loads.land(issue(1, 1, 1), issue(2, 2, 1)))
    sums = loads.load(loads.land(issue(1, 2, 2), issue(2, 1, 2)))
    assert loads.rows(tmp_path) == [(1, 2, 2, "open"), (2, 1, 2, "open")]
    assert (sums["inserted"], sums["moved"], sums["rows_before"], sums["rows_after"]) == (2, 2, 2, 2)
    assert sums["written"] == 2


def test_rows_of_one_key_in_several_partitions_of_a_batch(loads: MovingLoads, tmp_path: Path) -> None:
    sums = loads.load(loads.land(issue(1, 1, 1), issue(1, 3, 3), issue(1, 2, 2)))
    assert loads.rows(tmp_path) == [(1, 3, 3, "open")]
    # The files of the two that lose are not even made.
    assert len(loads.world.files()) == 1
    assert (sums["inserted"], sums["duplicate"]) == (1, 2)


def test_a_row_that_comes_late_changes_nothing(loads: MovingLoads, tmp_path: Path) -> None:
    loads.load(loads.land(issue(1, 2, 2)))
    before = loads.world.listing(loads.world.curated)
    sums = loads.load(loads.land(issue(1, 1, 1), issue(1, 3, None)))
    assert loads.rows(tmp_path) == [(1, 2, 2, "open")]
    assert loads.world.listing(loads.world.curated) == before
    assert (sums["duplicate"], sums["written"]) == (2, 0)


def test_a_raw_object_processed_again_changes_no_byte(loads: MovingLoads, tmp_path: Path) -> None:
    first = loads.land(issue(1, 1, 1), issue(2, 1, 1))
    second = loads.land(issue(1, 2, 2))
    loads.load(first)
    loads.load(second)
    before = loads.world.listing(loads.world.curated)
    for objects in ([first], [second], [second, first]):
        sums = loads.load(*objects)
        assert sums["duplicate"] == sums["rows"]
        assert loads.world.listing(loads.world.curated) == before
    assert len(loads.rows(tmp_path)) == 2


def test_a_raw_row_that_a_new_contract_files_elsewhere_moves(world: World, tmp_path: Path) -> None:
    loads = MovingLoads.of(world)
    item = loads.land(issue(1, 1, 1), issue(2, 2, 1))
    loads.load(item)
    columns = [dict(column) for column in loads.definition["columns"]]
    columns[1]["from"] = {"expression": "CAST(record->>'updated' AS TIMESTAMP) + INTERVAL 1 MONTH"}
    loads.define(columns=columns)
    sums = loads.load(item)
    assert [row[:2] for row in loads.rows(tmp_path)] == [(1, 2), (2, 3)]
    assert (sums["inserted"], sums["moved"]) == (2, 2)


def test_every_file_of_a_partition_is_looked_at(world: World, tmp_path: Path) -> None:
    loads = MovingLoads.of(world, files_per_partition=3)
    loads.load(loads.land(*(issue(n, 1, 1) for n in range(20))))
    sums = loads.load(loads.land(*(issue(n, 2, 2) for n in range(0, 20, 2))))
    assert [row[1] for row in loads.rows(tmp_path)] == [2, 1] * 10
    assert (sums["inserted"], sums["moved"]) == (10, 10)
    assert len(loads.world.files()) == 6


def test_a_row_that_removes_reaches_its_key_wherever_it_lies(removable: MovingLoads, tmp_path: Path) -> None:
    removable.load(removable.land(issue(1, 1, 1), issue(2, 1, 1)))
    sums = removable.load(removable.land(issue(1, 2, 3, "gone"), issue(2, 1, 3, "gone")))
    assert removable.rows(tmp_path) == []
    assert (sums["moved"], sums["deleted"], sums["duplicate"]) == (1, 1, 1)
    before = removable.world.listing(removable.world.curated)
    sums = removable.load(removable.land(issue(1, 1, 2), issue(2, 3, 2)))
    assert removable.rows(tmp_path) == []
    assert removable.world.listing(removable.world.curated) == before
    assert sums["duplicate"] == 2


def test_a_key_that_comes_back_leaves_no_tombstone(removable: MovingLoads, tmp_path: Path) -> None:
    removable.load(removable.land(issue(1, 2, 2, "gone")))
    assert len(removable.tombstones()) == 1
    sums = removable.load(removable.land(issue(1, 1, 3)))
    assert removable.rows(tmp_path) == [(1, 1, 3, "open")]
    assert (sums["inserted"], sums["removed"]) == (1, 0)
    assert removable.tombstones() == []


def test_rows_below_the_mark_are_no_places(world: World, tmp_path: Path) -> None:
    loads = MovingLoads.of(world, marked=True)
    early, late = "2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z"
    old = loads.land(issue(1, 1, 9), issue(2, 1, 9), issue(3, 1, 9), fetched_at=early)
    loads.load(old)
    listing = loads.land(issue(1, 2, 1), issue(2, 1, 1), fetched_at=late)
    # With a higher version the old rows win; from the mark on they do not count.
    assert loads.load(listing)["duplicate"] == 2
    at = "2026-11-22T00:00:00Z"
    sums = loads.load(listing, old, marks={"issues": {"at": at, "sweep": True}})
    assert loads.rows(tmp_path) == [(1, 2, 1, "open"), (2, 1, 1, "open")]
    assert (sums["vanished"], sums["inserted"], sums["updated"], sums["duplicate"]) == (2, 1, 1, 3)
    before = loads.world.listing(loads.world.curated)
    assert loads.load(old, marks={"issues": {"at": at}})["duplicate"] == 3
    assert loads.world.listing(loads.world.curated) == before


def test_a_later_generation_has_its_own_places(loads: MovingLoads, tmp_path: Path) -> None:
    objects = [loads.land(issue(1, 1, 1)), loads.land(issue(1, 2, 2))]
    loads.load(objects[0])
    sums = loads.load(*objects, folders={"issues": "issues.g2"})
    assert (sums["inserted"], sums["moved"], sums["duplicate"]) == (1, 0, 1)
    assert sorted(loads.world.files()) == [
        "issues.g2/year=2026/month=02/part-0.parquet",
        "issues/year=2026/month=01/part-0.parquet",
    ]


def test_a_stray_copy_goes_with_the_next_load(loads: MovingLoads, tmp_path: Path) -> None:
    """Also when nothing comes for its key."""
    loads.load(loads.land(issue(1, 1, 1)))
    ((key, data),) = loads.world.files().items()
    loads.load(loads.land(issue(1, 2, 2)))
    loads.world.aws.s3.put_object(Bucket=loads.world.curated, Key=key, Body=data)
    sums = loads.load(loads.land(issue(7, 3, 1)))
    assert sums["moved"] == 1
    loads.told += 1
    assert loads.rows(tmp_path) == [(1, 2, 2, "open"), (7, 3, 1, "open")]


@pytest.mark.parametrize("puts", range(4))
def test_a_load_that_dies_leaves_keys_twice_but_loses_none(
    loads: MovingLoads, tmp_path: Path, puts: int
) -> None:
    loads.load(loads.land(issue(1, 1, 1), issue(2, 2, 1)))
    item = loads.land(issue(1, 2, 2), issue(2, 1, 2))
    with dying(puts), pytest.raises(JobError, match="killed"):
        loads.load(item)
    assert {row[0] for row in loads.rows(tmp_path)} == {1, 2}
    loads.load(item)
    assert loads.rows(tmp_path) == [(1, 2, 2, "open"), (2, 1, 2, "open")]


def test_what_a_dead_load_took_out_of_a_file_is_counted(loads: MovingLoads, tmp_path: Path) -> None:
    """Though no row leads there any more."""
    loads.load(loads.land(issue(1, 1, 1), issue(2, 1, 1)))
    item = loads.land(issue(1, 2, 2))
    with pytest.raises(JobError, match="killed"):
        loads.load(item, dies=True)
    sums = loads.load(item)
    assert loads.rows(tmp_path) == [(1, 2, 2, "open"), (2, 1, 1, "open")]
    assert (sums["rows_before"], sums["recovered"], sums["rows_after"], sums["duplicate"]) == (2, 0, 2, 1)
    # What it has counted bears its name from now on.
    assert sums["written"] == 2
    assert loads.load(item)["written"] == 0


@pytest.mark.parametrize("puts", range(4))
def test_what_a_dead_load_left_is_put_right_by_a_load_of_other_objects(
    loads: MovingLoads, tmp_path: Path, puts: int
) -> None:
    loads.load(loads.land(issue(1, 1, 1), issue(2, 2, 1)))
    item = loads.land(issue(1, 2, 2), issue(2, 1, 2))
    with dying(puts), pytest.raises(JobError, match="killed"):
        loads.load(item)
    loads.load(loads.land(issue(3, 3, 1)))
    assert [row[0] for row in loads.rows(tmp_path)] == [1, 2, 3]
    loads.load(item)
    assert loads.rows(tmp_path) == [(1, 2, 2, "open"), (2, 1, 2, "open"), (3, 3, 1, "open")]


def test_a_unique_value_may_go_from_a_row_that_leaves_to_one_that_comes(world: World, tmp_path: Path) -> None:
    columns = [*ISSUES["columns"][:-1], column("title", "varchar", unique=True, on_fail="fail")]
    loads = MovingLoads.of(world, columns=columns)
    loads.load(loads.land(issue(1, 1, 1, "one"), issue(2, 2, 1, "two")))
    loads.load(loads.land(issue(1, 2, 2, "new"), issue(2, 1, 2, "one")))
    assert loads.broken == []
    loads.load(loads.land(issue(3, 1, 1, "one"), issue(1, 1, 3, "else"), issue(2, 1, 3, "one")))
    assert [(line["reason"], line["rows"]) for line in loads.broken] == [("not_unique", 2)]


def test_columns_may_have_any_names(world: World, tmp_path: Path) -> None:
    names = ("at", "Bucket", "candidates", "chunk", "file", "incoming", "mark", "places", "rows", "winners")
    loads = MovingLoads.of(
        world,
        columns=[*ISSUES["columns"], *(column(name, "varchar") for name in names)],
        primary_key=["id", "file"],
        order_by=["rows", "at"],
        marked=True,
        **REMOVABLE,
    )
    values = dict.fromkeys(names, "x")
    loads.load(loads.land({**issue(1, 1, 1), **values}, {**issue(2, 1, 1), **values}))
    sums = loads.load(loads.land({**issue(1, 2, 1), **values, "rows": "y"}))
    assert sums["moved"] == 1
    assert loads.rows(tmp_path, '"Bucket"') == [(1, 2, 1, "x"), (2, 1, 1, "x")]


def test_what_else_lies_in_the_folder_is_no_place(loads: MovingLoads) -> None:
    loads.load(loads.land(issue(1, 1, 1)))
    ((key, data),) = loads.world.files().items()
    strange = [key.replace("part-0", "part-1"), key.replace("month=01", "month=x"), "issues/notes.parquet"]
    for other in strange:
        loads.world.aws.s3.put_object(Bucket=loads.world.curated, Key=other, Body=data)
    sums = loads.load(loads.land(issue(1, 2, 2)))
    assert (sums["moved"], sums["inserted"], sums["rows_after"]) == (1, 1, 1)
    assert {loads.world.files()[other] for other in strange} == {data}
