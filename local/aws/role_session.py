"""Temporary credentials of a role, as a service gets them when it assumes the role for a job."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from ministack.core.responses import get_account_id, get_region
from ministack.services import sts

from .settings import Settings


@contextmanager
def assume_role(role: str, session_name: str) -> Iterator[dict[str, str]]:
    """The credentials as environment variables; they are void afterwards.

    No expiry: AWS renews them during a run. The caller has asked `role_trusts` first.
    """
    name = role.rsplit("/", 1)[-1]
    key, secret, token = f"ASIA{secrets.token_hex(8).upper()}", secrets.token_hex(20), secrets.token_hex(64)
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{get_account_id()}:assumed-role/{name}/{session_name}",
            "UserId": f"{name}:{session_name}",
            "SecretAccessKey": secret,
            "SessionToken": token,
            "AccountId": get_account_id(),
            "PrincipalType": "AssumedRole",
        },
    )
    try:
        yield {
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
            "AWS_REGION": get_region(),
            "AWS_DEFAULT_REGION": get_region(),
        }
    finally:
        sts._sessions.pop(key, None)


def client(service: str, settings: Settings, credentials: dict[str, str]) -> BaseClient:
    """A client of this local AWS under those credentials, so that the role's policies are enforced."""
    return botocore.session.get_session().create_client(
        service,
        region_name=credentials["AWS_REGION"],
        endpoint_url=settings.endpoint,
        aws_access_key_id=credentials["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=credentials["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=credentials["AWS_SESSION_TOKEN"],
        config=Config(retries={"total_max_attempts": 2}, s3={"addressing_style": "path"}),
    )
