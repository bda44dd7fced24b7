"""How the tasks follow each other where keys move, as one Spark plan."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..parse.parse_objects import parse_tasks
from ..start_tasks import start_tasks
from ..task_rows import PARSED_COLUMNS, REPORTED_COLUMNS, ROUTED_COLUMNS
from ..task_settings import TaskSettings
from .add_rows import add_tasks
from .plan_moving import MovingPlan
from .remove_moved import remove_tasks
from .route_rows import route_tasks
from .rows_by_key import file_by_key
from .scan_places import scan_tasks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def merge_moving(
    spark: "SparkSession", parsed: "DataFrame", plan: MovingPlan, settings: TaskSettings
) -> "DataFrame":
    """
    `parsed`: visits, and rows of the other tables, which join in where files are merged. Gives the report.
    All rows have been added where they belong before the first is removed from elsewhere: a load that dies
    leaves keys twice, but none is lost.
    """
    by_key = replace(settings, load=file_by_key(settings.load, plan.buckets))
    rows = start_tasks(spark, list(enumerate(plan.parse)), "task int, objects binary").mapInArrow(
        partial(parse_tasks, by_key), PARSED_COLUMNS
    )
    scans = [(files,) for files in plan.scans]
    places = start_tasks(spark, scans, "files binary", plan.scan_tasks).mapInArrow(
        partial(scan_tasks, settings, plan.buckets), PARSED_COLUMNS
    )
    routed = (
        rows.union(places)
        .repartition(plan.route_tasks, "file")
        .mapInArrow(partial(route_tasks, settings), ROUTED_COLUMNS)
    )
    return (
        parsed.selectExpr("*", "CAST(NULL AS BINARY) AS removal")
        .union(routed)
        .repartition(plan.merge_tasks, "file")
        .mapInArrow(partial(add_tasks, settings), ROUTED_COLUMNS)
        .repartition(plan.merge_tasks, "file")
        .mapInArrow(partial(remove_tasks, settings), REPORTED_COLUMNS)
    )
