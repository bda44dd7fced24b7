import random

import pytest
from partitioning.manifest import RawObject, Totals
from partitioning.plan_tasks import MOST_BYTES, OBJECT_WEIGHT, count_merge_tasks, plan_parsing, unpack_objects


def plan(sizes: list[int], slots: int) -> list[list[RawObject]]:
    objects = [RawObject("readings", f"raw/{number}", "v", size) for number, size in enumerate(sizes)]
    totals = Totals(len(objects), sum(sizes))
    tasks = [unpack_objects(packed) for packed in plan_parsing(iter(objects), totals, slots)]
    assert [item for task in tasks for item in task] == objects
    return tasks


@pytest.mark.parametrize(
    ("about", "sizes", "slots", "tasks"),
    [
        ("nothing", [], 4, 0),
        ("one object", [100], 4, 1),
        ("a few small ones share a task", [1000] * 30, 4, 1),
        ("many small ones use every slot", [1000] * 1000, 4, 4),
        ("large ones get a task each", [70 << 20] * 3, 2, 3),
        ("much is cut into tasks of a bounded size", [8 << 20] * 80, 2, 10),
    ],
)
def test_plan(about: str, sizes: list[int], slots: int, tasks: int) -> None:
    assert len(plan(sizes, slots)) == tasks


def test_no_task_is_larger_than_the_largest_by_more_than_one_object() -> None:
    dice = random.Random(4)
    sizes = [dice.randrange(1 << dice.randrange(1, 25)) for _ in range(3000)]
    for task in plan(sizes, 3):
        assert sum(item.bytes + OBJECT_WEIGHT for item in task[:-1]) < MOST_BYTES


@pytest.mark.parametrize(("size", "slots", "tasks"), [(0, 2, 2), (100, 4, 4), (1 << 30, 4, 64)])
def test_merging_tasks_grow_with_the_data(size: int, slots: int, tasks: int) -> None:
    assert count_merge_tasks(Totals(1, size), slots) == tasks
