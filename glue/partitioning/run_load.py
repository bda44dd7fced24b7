"""The load: one Spark job from the manifest to the report. What grows with the data stays with the tasks."""

import platform
import re
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import JobError
from .log_event import log_event
from .merge.merge_files import merge_tasks
from .moving.merge_moving import merge_moving
from .parse.parse_objects import parse_tasks
from .plan_load import LoadPlan, plan_load
from .prepare_load import PreparedLoad
from .spark_session import count_slots, slots_of_executor
from .start_tasks import start_tasks
from .task_rows import PARSED_COLUMNS, REPORTED_COLUMNS
from .task_settings import TaskSettings
from .visit_files import visit_files
from .write_report import write_report

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Partitions whose report lines come to the driver at a time.
FETCHED_TOGETHER = 32


def run_load(spark: "SparkSession", prepared: PreparedLoad) -> None:
    from pyspark import StorageLevel

    from .largest import Largest

    started = time.monotonic()
    load, aws = prepared.load, prepared.aws
    slots = count_slots(spark)
    plan = plan_load(prepared, slots)
    figures = spark.sparkContext.accumulator({}, Largest())
    settings = TaskSettings(load, prepared.region, prepared.endpoint, slots_of_executor(spark), figures)
    log_event("tasks planned", load=load.load, slots=slots, **plan.figures)

    reported = report_lines(spark, plan, settings).persist(StorageLevel.DISK_ONLY)
    try:
        # All tasks at once; the lines then come partition by partition, without running anything again.
        _run(reported)
        header = {
            "kind": "report",
            "v": 1,
            "load": load.load,
            "engine": {
                "name": "glue",
                "versions": _versions(spark),
                "figures": {
                    "slots": slots,
                    "slots_per_executor": settings.slots.count,
                    "heap_bytes": settings.slots.heap_bytes,
                    "duckdb_threads": 1,
                    **plan.figures,
                    "seconds": round(time.monotonic() - started, 1),
                    **figures.value,
                },
            },
        }
        with tempfile.TemporaryDirectory(prefix="catchwater-") as folder:
            path = Path(folder) / "report.ndjson.gz"
            few = reported.coalesce(-(-plan.merge_tasks // FETCHED_TOGETHER))
            rows = few.toLocalIterator(prefetchPartitions=True)
            lines = write_report(path, header, (row.line for row in rows))
            with path.open("rb") as body:
                aws.s3.put_object(Bucket=load.staging_bucket, Key=load.report_key, Body=body)
    finally:
        reported.unpersist()
    log_event(
        "report written", load=load.load, key=load.report_key, lines=lines, **header["engine"]["figures"]
    )


def report_lines(spark: "SparkSession", plan: LoadPlan, settings: TaskSettings) -> "DataFrame":
    """Objects → chunks of rows by file → merged files; the result is the report, line by line."""
    rows = start_tasks(spark, list(enumerate(plan.parse)), "task int, objects binary").mapInArrow(
        partial(parse_tasks, settings), PARSED_COLUMNS
    )
    if plan.swept:
        tables = start_tasks(spark, [(table,) for table in plan.swept], "table string")
        rows = rows.union(tables.mapInArrow(partial(visit_files, settings), PARSED_COLUMNS))
    if plan.moving:
        return merge_moving(spark, rows, plan.moving, settings)
    merge = partial(merge_tasks, settings)
    return rows.repartition(plan.merge_tasks, "file").mapInArrow(merge, REPORTED_COLUMNS)


def _run(frame: "DataFrame") -> None:
    """Spark wraps a task's error in pages of traces; the last line of a run must say what happened."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        frame.count()
    except (Py4JJavaError, PySparkException) as error:
        found = re.findall(r"^partitioning\.errors\.\w+: (.+)$", str(error), re.MULTILINE)
        if not found:
            raise
        raise JobError(found[0]) from error


def _versions(spark: "SparkSession") -> dict[str, Any]:
    import boto3
    import duckdb
    import pyarrow

    return {
        "python": platform.python_version(),
        "spark": spark.version,
        "duckdb": duckdb.__version__,
        "pyarrow": pyarrow.__version__,
        "boto3": boto3.__version__,
    }
