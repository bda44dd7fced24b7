"""The Spark session, and what it says about the machines the tasks run on."""

import os
import re
from typing import TYPE_CHECKING

from .open_duckdb import Slots

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SETTINGS = {
    # Two tries of one task at the same time would race for the same files.
    "spark.speculation": "false",
    # The job says itself how many partitions there are; adaptive execution would join the small ones.
    "spark.sql.adaptive.enabled": "false",
    # Rows are chunks of up to 4 MB: at most 32 MB go to Python at a time.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "8",
}
UNITS = {"": 1 << 20, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def start_spark() -> "SparkSession":
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("catchwater")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    return spark


def count_slots(spark: "SparkSession") -> int:
    """Tasks that run at once, over all executors known at the start."""
    context = spark.sparkContext
    conf = context.getConf()
    # Not all executors need to have come up yet.
    promised = int(conf.get("spark.executor.instances", "0")) * int(conf.get("spark.executor.cores", "1"))
    return max(1, max(context.defaultParallelism, promised) // int(conf.get("spark.task.cpus", "1")))


def slots_of_executor(spark: "SparkSession") -> Slots:
    context = spark.sparkContext
    conf = context.getConf()
    if context.master.startswith("local"):
        return Slots(count_slots(spark), parse_bytes(conf.get("spark.driver.memory", "1g")))
    # Where nothing is said, the workers are machines like the driver's: rather too many slots than too few.
    cores = int(conf.get("spark.executor.cores", str(os.cpu_count())))
    slots = max(1, cores // int(conf.get("spark.task.cpus", "1")))
    return Slots(slots, parse_bytes(conf.get("spark.executor.memory", "1g")))


def parse_bytes(text: str) -> int:
    """`10g`, `512m`, `1024` (MiB) as Spark writes memory."""
    match = re.fullmatch(r"(\d+)([kmgt]?)b?", text.strip().lower())
    if not match:
        raise ValueError(f"{text} is no amount of memory")
    return int(match[1]) * UNITS[match[2]]
