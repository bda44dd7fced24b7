"""What the driver has decided → the rows of a first stage."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def start_tasks(
    spark: "SparkSession", rows: list[tuple[Any, ...]], columns: str, tasks: int | None = None
) -> "DataFrame":
    """One row per task, unless fewer tasks are to share them."""
    return spark.createDataFrame(
        spark.sparkContext.parallelize(rows, max(1, len(rows) if tasks is None else tasks)), columns
    )
