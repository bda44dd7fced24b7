"""When schedules are due. Evaluated where MiniStack's cron parser is: in the local AWS's own environment."""

import json
import subprocess
from datetime import datetime
from typing import Any

import pytest
from running_aws import AWS_PYTHON, PROJECT

PROGRAM = """
import json, sys
from aws.occurrences import last_occurrence
print(json.dumps([last_occurrence(*case) for case in json.load(sys.stdin)]))
"""
NEW = "2026-11-21T07:00:10"


def seconds(text: str) -> float:
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


def case(expression: str, after: str, until: str, expected: str | None, **more: Any) -> tuple[Any, ...]:
    schedule = {"ScheduleExpression": expression, "LastModificationDate": seconds(NEW), **more}
    return (schedule, seconds(after), seconds(until), expected and seconds(expected))


DENMARK = {"ScheduleExpressionTimezone": "Europe/Copenhagen"}
CASES = {
    "a rate begins with the schedule": case(
        "rate(15 minutes)", "2026-11-21T07:00:09", "2026-11-21T07:00:11", NEW
    ),
    "and goes on from there": case("rate(15 minutes)", NEW, "2026-11-21T07:20:00", "2026-11-21T07:15:10"),
    "not before its time": case("rate(15 minutes)", NEW, "2026-11-21T07:15:09", None),
    "one occurrence stands for all that were missed": case(
        "rate(1 hour)", NEW, "2026-11-23T09:30:00", "2026-11-23T09:00:10"
    ),
    "a StartDate is the first": case(
        "rate(1 day)", NEW, "2026-11-22T06:00:01", "2026-11-22T06:00:00", StartDate="2026-11-22T06:00:00Z"
    ),
    "nothing is due before a StartDate": case(
        "rate(1 day)", NEW, "2026-11-22T05:59:59", None, StartDate="2026-11-22T06:00:00Z"
    ),
    "nor after an EndDate": case(
        "rate(1 hour)", "2026-11-21T08:00:10", "2026-11-21T12:00:00", None, EndDate="2026-11-21T08:30:00Z"
    ),
    "cron at a time": case("cron(0 6 * * ? *)", NEW, "2026-11-22T06:00:00", "2026-11-22T06:00:00"),
    "cron not yet": case("cron(0 6 * * ? *)", NEW, "2026-11-22T05:59:59", None),
    "cron in a zone in winter": case(
        "cron(0 6 * * ? *)", NEW, "2026-11-22T05:00:00", "2026-11-22T05:00:00", **DENMARK
    ),
    "cron in a zone in summer": case(
        "cron(0 6 * * ? *)", "2026-06-01T05:00:00", "2026-06-02T04:00:00", "2026-06-02T04:00:00", **DENMARK
    ),
    "a time that spring skips": case(
        "cron(30 2 * * ? *)", "2026-03-28T12:00:00", "2026-03-29T20:00:00", None, **DENMARK
    ),
    "a time that autumn has twice comes once": case(
        "cron(30 2 * * ? *)", "2026-10-25T00:30:00", "2026-10-25T20:00:00", None, **DENMARK
    ),
    "the first of the two": case(
        "cron(30 2 * * ? *)", "2026-10-24T12:00:00", "2026-10-25T20:00:00", "2026-10-25T00:30:00", **DENMARK
    ),
    "cron every 15 minutes": case("cron(0/15 * * * ? *)", NEW, "2026-11-21T07:46:00", "2026-11-21T07:45:00"),
    "the last day of a month": case("cron(0 0 L * ? *)", NEW, "2026-12-01T00:00:00", "2026-11-30T00:00:00"),
    "at, in a zone": case(
        "at(2026-11-22T06:00:00)", NEW, "2026-11-22T05:00:00", "2026-11-22T05:00:00", **DENMARK
    ),
    "at, once": case("at(2026-11-22T06:00:00)", "2026-11-22T06:00:00", "2026-11-23T00:00:00", None),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, float | None]:
    cases = json.dumps([each[:3] for each in CASES.values()])
    run = subprocess.run(
        [AWS_PYTHON, "-c", PROGRAM],
        input=cases,
        cwd=PROJECT / "local",
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(CASES, json.loads(run.stdout), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_occurrence(answers: dict[str, float | None], name: str) -> None:
    assert answers[name] == CASES[name][3]
