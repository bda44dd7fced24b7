"""One local AWS and one Spark session for all tests; each test has buckets and a ledger of its own."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from local_aws import ROOT, LocalAws
from project import GLUE, REGION, compile_tables
from readings import READINGS
from world import World

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

sys.path.insert(0, str(GLUE))
# Spark's Python workers are other processes: they find the package and the keys where this one says.
os.environ |= {"PYTHONPATH": str(GLUE), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
os.environ |= {**ROOT, "AWS_EC2_METADATA_DISABLED": "true"}
os.environ.pop("AWS_PROFILE", None)


def pytest_configure(config: pytest.Config) -> None:
    # pyspark's own.
    for message in ("distutils Version classes", "The distutils package"):
        config.addinivalue_line("filterwarnings", f"ignore:{message}:DeprecationWarning")


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    started = LocalAws(tmp_path_factory.mktemp("aws") / "home")
    yield started
    started.stop()


@pytest.fixture
def world(aws: LocalAws) -> World:
    return World.create(aws)


@pytest.fixture(scope="session")
def readings() -> dict[str, Any]:
    """The table spec that most tests load."""
    (spec,) = compile_tables(READINGS)
    return spec


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator["SparkSession"]:
    from partitioning.spark_session import SETTINGS
    from pyspark.sql import SparkSession

    # A task may fail once: Spark then tries it again, as on a cluster.
    builder = SparkSession.builder.master("local[2,2]").config("spark.ui.enabled", "false")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
        **SETTINGS,
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture
def run(spark: "SparkSession", aws: LocalAws) -> Callable[..., None]:
    """Runs a load in the shared session, as the script does; `retries`: tasks that fail once."""
    from partitioning.prepare_load import prepare_load
    from partitioning.run_load import run_load

    def run_job(manifest: str, endpoint: str | None = None, *, retries: int = 0) -> None:
        prepared = prepare_load(manifest=manifest, region=REGION, endpoint=endpoint or aws.endpoint)
        group = aws.name("run")
        spark.sparkContext.setJobGroup(group, "a load")
        run_load(spark, prepared)
        # A task that fails for a reason nobody meant would otherwise go unseen: its second try succeeds.
        assert failed_tasks(spark, group) == retries

    return run_job


def failed_tasks(spark: "SparkSession", group: str) -> int:
    tracker = spark.sparkContext.statusTracker()
    jobs = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup(group)]
    stages = {stage for job in jobs if job for stage in job.stageIds}
    found = [tracker.getStageInfo(stage) for stage in stages]
    return sum(stage.numFailedTasks for stage in found if stage)
