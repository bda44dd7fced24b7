"""Everything that can be refused is refused here: before Spark starts, before anything is written."""

from dataclasses import dataclass

from .aws_clients import Aws, check_conditional_writes, connect_aws
from .fence import check_fence
from .log_event import log_event
from .manifest import Load, Totals, check_manifest
from .open_duckdb import check_duckdb


@dataclass(frozen=True)
class PreparedLoad:
    manifest: str
    region: str
    endpoint: str | None
    aws: Aws
    load: Load
    totals: Totals


def prepare_load(*, manifest: str, region: str, endpoint: str | None) -> PreparedLoad:
    aws = connect_aws(region, endpoint)
    check_conditional_writes(aws.s3)
    check_duckdb()
    load, totals = check_manifest(aws.s3, manifest)
    check_fence(aws.dynamodb, load)
    log_event(
        "manifest read", load=load.load, tables=len(load.tables), objects=totals.objects, bytes=totals.bytes
    )
    return PreparedLoad(manifest, region, endpoint, aws, load, totals)
