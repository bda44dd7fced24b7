"""Files of the curated bucket that a load looks at though no row comes for them: of tables with a sweep."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
from botocore.exceptions import ClientError

from .aws_clients import connect_aws
from .errors import JobError
from .manifest import Load, TableSpec
from .task_rows import ParsedRow, batch_parsed
from .task_settings import TaskSettings

GRANULARITIES = ("none", "year", "month", "day", "hour")


def swept_tables(load: Load) -> list[str]:
    return [table for table, mark in load.marks.items() if mark.sweep]


def visit_files(settings: TaskSettings, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: (table) → PARSED_COLUMNS, a row without chunk and line for each of its files."""
    aws = connect_aws(settings.region, settings.endpoint)
    for batch in batches:
        for table in batch.column(0).to_pylist():
            files = list_files(aws.s3, settings.load, table)
            yield from batch_parsed(ParsedRow(file, None, None) for file in files)


def list_files(s3: Any, load: Load, table: str) -> Iterator[str]:
    """Keys."""
    return (item["Key"] for item in list_items(s3, load, table))


def list_items(s3: Any, load: Load, table: str) -> Iterator[dict[str, Any]]:
    """As S3 lists them, page by page: the files that the table may have, nothing else that lies there."""
    folder = load.folder_of(table)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=load.curated_bucket, Prefix=f"{folder}/")
    is_file = _pattern(load.tables[table]).fullmatch
    try:
        for page in pages:
            for item in page.get("Contents", []):
                found = is_file(item["Key"].removeprefix(f"{folder}/"))
                if found and int(found["part"]) < load.tables[table].files_per_partition:
                    yield item
    except ClientError as error:
        place = f"s3://{load.curated_bucket}/{folder}/"
        code = error.response["Error"]["Code"]
        raise JobError(f"S3 refuses to list {place}: {code}: the role needs s3:ListBucket") from error


def _pattern(spec: TableSpec) -> re.Pattern[str]:
    names = GRANULARITIES[1 : GRANULARITIES.index(spec.partition_by) + 1]
    folders = "".join(rf"{name}=\d{{{4 if name == 'year' else 2}}}/" for name in names)
    return re.compile(rf"{folders}part-(?P<part>\d+)\.parquet", re.ASCII)
