"""The job's steps in one process, under a role that may do what they need and nothing more."""

from typing import Any

import pyarrow as pa
import pytest
from botocore.exceptions import ClientError
from partitioning.aws_clients import connect_aws
from partitioning.errors import JobError
from partitioning.manifest import read_objects
from partitioning.merge.merge_files import merge_tasks
from partitioning.open_duckdb import Slots
from partitioning.parse.parse_objects import parse_tasks
from partitioning.plan_tasks import plan_parsing
from partitioning.prepare_load import prepare_load
from partitioning.task_settings import TaskSettings
from project import REGION
from role import assume_role
from world import World, raw_line

ROWS = [{"station": "a", "time": "2026-11-21T07:00:00Z", "value": 1}]


class NoFigures:
    def add(self, figures: dict[str, float]) -> None:
        pass


@pytest.fixture
def manifest(world: World, readings: dict[str, Any]) -> str:
    return world.prepare("load-1", [readings], [world.land("readings", "one", raw_line(ROWS), b"no JSON")])


@pytest.fixture
def run_as(world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    def run(manifest: str, without: str | None = None) -> list[str]:
        monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
        for name, value in assume_role(world, without=without).items():
            monkeypatch.setenv(name, value)
        connect_aws.cache_clear()
        return run_here(manifest, world.aws.endpoint)

    yield run
    connect_aws.cache_clear()


def run_here(manifest: str, endpoint: str) -> list[str]:
    """A load without Spark, but for its report."""
    prepared = prepare_load(manifest=manifest, region=REGION, endpoint=endpoint)
    settings = TaskSettings(prepared.load, REGION, endpoint, Slots(2, 1 << 30), NoFigures())
    tasks = list(enumerate(plan_parsing(read_objects(prepared.aws.s3, manifest), prepared.totals, 2)))
    numbers, packed = zip(*tasks, strict=True)
    batch = pa.RecordBatch.from_arrays([pa.array(numbers), pa.array(packed)], names=["task", "objects"])
    lines = [
        line
        for reported in merge_tasks(settings, parse_tasks(settings, [batch]))
        for line in reported.column("line").to_pylist()
    ]
    load = prepared.load
    prepared.aws.s3.put_object(Bucket=load.staging_bucket, Key=load.report_key, Body=b"")
    return lines


def test_the_role_is_enough(run_as: Any, manifest: str, world: World) -> None:
    lines = run_as(manifest)
    assert len(lines) == 3
    assert len(world.files()) == 1
    assert len(world.quarantine("load-1", "readings")) == 1
    # A second time there is a file to read, and nothing to write.
    assert len(run_as(manifest)) == 3


@pytest.mark.parametrize(
    ("without", "error", "message"),
    [
        ("read the manifest", ClientError, "AccessDenied"),
        ("check the lease", ClientError, "AccessDenied"),
        (
            "read raw objects",
            JobError,
            r"s3://staging-\d+/raw/readings/one.ndjson.gz \(version .+\) cannot be read: AccessDenied; the",
        ),
        ("keep what does not fit", ClientError, "AccessDenied"),
        (
            "read files",
            JobError,
            r"S3 refuses to read s3://curated-\d+/readings/.+: AccessDenied: the job's role",
        ),
        (
            "write files",
            JobError,
            r"S3 refuses to write s3://curated-\d+/readings/.+: AccessDenied: the job's role",
        ),
        ("write the report", ClientError, "AccessDenied"),
    ],
)
def test_no_action_can_be_taken_away(
    run_as: Any, manifest: str, world: World, without: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        run_as(manifest, without)
    assert world.files() == {} or without == "write the report"
