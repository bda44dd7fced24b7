"""Two of S3's rules that show only in a real account: what If-Match needs, and 403 in the place of 404."""

from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core.iam_evaluator import enforce
from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id
from ministack.services import s3

from .rebind import original, rebind

Response = tuple[int, dict[str, str], Any]
Handler = Callable[..., Awaitable[Response]]

_error = original(s3, "_error")
_parse_bucket_key = original(s3, "_parse_bucket_key")


def extend_s3_permissions() -> None:
    rebind(s3, "handle_request", checked)


def checked(handle: Handler) -> Handler:
    async def handle_checked(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, Any],
        *args: Any,
        **kwargs: Any,
    ) -> Response:
        bucket, key = _parse_bucket_key(path, headers)
        caller = extract_access_key_id(headers, query_params)
        refused = _error("AccessDenied", "Access Denied", 403, path)
        # A conditional write reads the object's ETag, so it needs the right to read the object.
        if (
            method == "PUT"
            and key
            and "if-match" in headers
            and not may(caller, "s3:GetObject", f"{bucket}/{key}")
        ):
            return refused
        response = await handle(method, path, headers, body, query_params, *args, **kwargs)
        # Who may not list a bucket does not learn which keys it lacks.
        absent = response[0] == 404 and bool(key) and bucket in s3._buckets
        if absent and method in ("GET", "HEAD") and not may(caller, "s3:ListBucket", bucket):
            return refused
        return response

    return handle_checked


def may(access_key: str | None, action: str, resource: str) -> bool:
    return enforce(access_key or "", action, "s3", get_region(), f"arn:aws:s3:::{resource}") is None
