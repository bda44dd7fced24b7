"""The AWS clients of the driver and of each task. On Glue tasks inherit no environment: all is given."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ConnectionError as UnreachableError
from botocore.exceptions import HTTPClientError, IncompleteReadError

from .errors import JobError

#: The request may have been carried out or not: nobody knows.
LOST_ANSWERS = (HTTPClientError, UnreachableError, IncompleteReadError)


@dataclass(frozen=True)
class Aws:
    s3: Any
    #: Never tries twice by itself: a conditional PUT that is repeated unseen meets its own success (law 7).
    s3_once: Any
    dynamodb: Any


@cache
def connect_aws(region: str, endpoint: str | None) -> Aws:
    """Once per process: making the clients takes longer than most of their requests."""
    session = boto3.Session(region_name=region)

    def client(service: str, attempts: int) -> Any:
        config = Config(
            retries={"mode": "standard", "total_max_attempts": attempts},
            max_pool_connections=16,
            connect_timeout=10,
            read_timeout=60,
        )
        return session.client(service, endpoint_url=endpoint, config=config)

    return Aws(s3=client("s3", 5), s3_once=client("s3", 1), dynamodb=client("dynamodb", 5))


def check_conditional_writes(s3: Any) -> None:
    members = s3.meta.service_model.operation_model("PutObject").input_shape.members
    if "IfMatch" not in members or "IfNoneMatch" not in members:
        raise JobError(
            f"boto3 {boto3.__version__} knows no conditional writes, without which writers would overwrite "
            "each other: run the job on Glue 5.1 or newer"
        )
