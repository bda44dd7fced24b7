"""Loads that meet another writer, a lost answer, a lost lease or the end of an earlier load."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from faulty_proxy import Answer, Forward, Request, faulty_proxy, refusal
from readings import HOUR_7, HOUR_8, ROWS, reading
from world import World, raw_line

Run = Callable[..., None]


def test_a_file_that_somebody_else_has_replaced_is_merged_again(
    world: World, aws: Any, run: Run, readings: dict[str, Any], tmp_path: Path
) -> None:
    # What the other writer will put: the file as it is after a row of its own.
    elsewhere = World.create(aws)
    rows = [reading("other", "07:10:00", 10)]
    run(elsewhere.prepare("load-0", [readings], [elsewhere.land("readings", "other", raw_line(rows))]))
    data = elsewhere.files()[HOUR_7]
    once = threading.Event()

    def rule(request: Request, forward: Forward) -> Answer | None:
        if request.is_put(world.curated) and HOUR_7 in request.path and not once.is_set():
            once.set()
            world.aws.s3.put_object(Bucket=world.curated, Key=HOUR_7, Body=data)
        return forward()

    manifest = world.prepare("load-1", [readings], [world.land("readings", "one", raw_line(ROWS))])
    with faulty_proxy(aws.endpoint, rule) as endpoint:
        run(manifest, endpoint)
    stations = world.rows(tmp_path, "SELECT station, count(*) FROM data GROUP BY station ORDER BY station")
    assert stations == [("a", 2), ("b", 1), ("other", 1)]
    (file,) = (line for line in world.report("load-1").of("file") if line["key"] == HOUR_7)
    assert (file["rows_before"], file["inserted"], file["rows_after"]) == (1, 2, 3)
    assert world.report("load-1").sums()["inserted"] == 3


def test_a_put_whose_answer_is_lost_counts_once(
    world: World, aws: Any, run: Run, readings: dict[str, Any]
) -> None:
    lost: set[str] = set()

    def rule(request: Request, forward: Forward) -> Answer | None:
        answer = forward()
        if request.is_put(world.curated) and request.path not in lost:
            lost.add(request.path)
            return None
        return answer

    manifest = world.prepare("load-1", [readings], [world.land("readings", "one", raw_line(ROWS))])
    with faulty_proxy(aws.endpoint, rule) as endpoint:
        run(manifest, endpoint)
    assert len(lost) == 2
    sums = world.report("load-1").sums()
    assert (sums["inserted"], sums["recovered"], sums["rows_after"]) == (3, 0, 3)


def test_a_task_that_spark_tries_again_counts_once(
    world: World, aws: Any, run: Run, readings: dict[str, Any]
) -> None:
    refused: list[str] = []

    def rule(request: Request, forward: Forward) -> Answer | None:
        # The file has been written, but the task dies before it can tell.
        is_footer = request.method == "GET" and "Range" in request.headers
        if is_footer and request.path.startswith(f"/{world.curated}/") and not refused:
            refused.append(request.path)
            return refusal(403, "AccessDenied")
        return forward()

    manifest = world.prepare("load-1", [readings], [world.land("readings", "one", raw_line(ROWS))])
    with faulty_proxy(aws.endpoint, rule) as endpoint:
        run(manifest, endpoint, retries=1)
    assert len(refused) == 1
    sums = world.report("load-1").sums()
    assert (sums["inserted"], sums["recovered"], sums["duplicate"], sums["written"]) == (3, 0, 0, 2)


def test_a_load_that_has_lost_its_lease_does_not_start(
    world: World, run: Run, readings: dict[str, Any]
) -> None:
    from partitioning.errors import JobError

    manifest = world.prepare("load-1", [readings], [world.land("readings", "one", raw_line(ROWS))])
    for holder, token in (("load-2", 2), ("load-1", 2), ("load-2", 1)):
        world.lease(holder, token)
        with pytest.raises(JobError, match=f"the lease is {holder}'s"):
            run(manifest)
    assert world.files() == {}


def test_a_load_that_loses_its_lease_does_not_write(
    world: World, aws: Any, run: Run, readings: dict[str, Any]
) -> None:
    from partitioning.errors import JobError

    item = world.land("readings", "one", raw_line(ROWS))

    def rule(request: Request, forward: Forward) -> Answer | None:
        if item["key"] in request.path:
            world.lease("load-2", 2)
        return forward()

    manifest = world.prepare("load-1", [readings], [item])
    with (
        faulty_proxy(aws.endpoint, rule) as endpoint,
        pytest.raises(JobError, match=r"the lease is load-2's"),
    ):
        run(manifest, endpoint)
    assert world.files() == {}
    assert "loads/load-1/report.ndjson.gz" not in world.keys(world.staging)


def test_what_a_load_wrote_that_died_before_its_report_is_recovered(
    world: World, aws: Any, run: Run, readings: dict[str, Any]
) -> None:
    objects = [world.land("readings", "one", raw_line(ROWS))]

    def rule(request: Request, forward: Forward) -> Answer | None:
        return refusal(403, "AccessDenied") if "report" in request.path else forward()

    with faulty_proxy(aws.endpoint, rule) as endpoint, pytest.raises(ClientError, match="AccessDenied"):
        run(world.prepare("load-1", [readings], objects), endpoint)
    etags = world.etags()
    assert set(etags) == {HOUR_7, HOUR_8}

    run(world.prepare("load-2", [readings], objects, recovers=("load-1",), token=2))
    # The bytes are the same; the name on them is that of the load that counts them.
    assert world.etags() == etags
    sums = world.report("load-2").sums()
    assert (sums["rows_before"], sums["recovered"], sums["inserted"], sums["rows_after"]) == (0, 3, 0, 3)
    # Once a load has closed, what is there is what was there before.
    for load, recovers in (("load-3", ()), ("load-4", ("load-1",))):
        run(world.prepare(load, [readings], objects, recovers=recovers, token=int(load[-1])))
        sums = world.report(load).sums()
        assert (sums["rows_before"], sums["recovered"], sums["written"]) == (3, 0, 0)


def test_what_a_load_wrote_that_died_is_recovered_once_by_the_halves_of_it(
    world: World, aws: Any, run: Run, readings: dict[str, Any], tmp_path: Path
) -> None:
    # One row each: the first two in one hour, the third in another.
    objects = [world.land("readings", name, raw_line([row])) for name, row in zip("abc", ROWS, strict=True)]

    def rule(request: Request, forward: Forward) -> Answer | None:
        return refusal(403, "AccessDenied") if "report" in request.path else forward()

    with faulty_proxy(aws.endpoint, rule) as endpoint, pytest.raises(ClientError, match="AccessDenied"):
        run(world.prepare("load-1", [readings], objects), endpoint)
    told = 0
    for number, half in enumerate((objects[:1], objects[1:], objects), start=2):
        run(world.prepare(f"load-{number}", [readings], half, recovers=("load-1",), token=number))
        sums = world.report(f"load-{number}").sums()
        told += sums["inserted"] + sums["recovered"] - sums["removed"]
    assert (told, sums["recovered"], sums["duplicate"]) == (3, 0, 3)
    assert world.rows(tmp_path, "SELECT count(*) FROM data") == [(3,)]
