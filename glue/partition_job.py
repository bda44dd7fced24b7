"""
The Glue job: raw objects of the staging bucket → Parquet files by hour in the curated bucket.

Plain PySpark: it runs the same on Glue 5.1, on EMR Serverless and on a laptop (`spark-submit --py-files
partitioning.zip partition_job.py …`). `docs/contracts.md` says what it reads and writes,
`partitioning/run_load.py` is the way through it.
"""

import argparse
import os
import sys

from partitioning.prepare_load import prepare_load
from partitioning.run_load import run_load
from partitioning.spark_session import start_spark


def read_arguments(argv: list[str]) -> argparse.Namespace:
    # Glue adds arguments of its own to those of the job.
    parser = argparse.ArgumentParser(description="Runs one load.", allow_abbrev=False)
    parser.add_argument("--manifest", required=True, help="s3:// address of what to do")
    parser.add_argument("--region", required=True)
    parser.add_argument(
        "--endpoint", default=os.environ.get("AWS_ENDPOINT_URL") or None, help="of another AWS"
    )
    return parser.parse_known_args(argv)[0]


def main(argv: list[str]) -> None:
    arguments = read_arguments(argv)
    prepared = prepare_load(manifest=arguments.manifest, region=arguments.region, endpoint=arguments.endpoint)
    spark = start_spark()
    try:
        run_load(spark, prepared)
    finally:
        spark.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
