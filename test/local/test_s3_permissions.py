"""S3 asks for the rights that a real account asks for."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_resources import allow, make_bucket, make_role
from botocore.exceptions import ClientError
from running_aws import LocalAws


def code(call: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        call(**arguments)
    return refusal.value.response["Error"]["Code"]


class Writer:
    """A client of a role with those actions on the objects and on the bucket."""

    def __init__(self, aws: LocalAws, on_objects: tuple[str, ...], on_bucket: tuple[str, ...] = ()) -> None:
        self.bucket = make_bucket(aws)
        statements = [allow(*on_objects, on=f"arn:aws:s3:::{self.bucket}/*")]
        statements += [allow(*on_bucket, on=f"arn:aws:s3:::{self.bucket}")] if on_bucket else []
        role = make_role(aws, "lambda", *statements)
        credentials = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="writer")["Credentials"]
        self.s3, self.root = aws.client("s3", credentials), aws.client("s3")
        self.etag = self.root.put_object(Bucket=self.bucket, Key="there", Body=b"1")["ETag"]

    def at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": key}


def test_if_match_needs_the_right_to_read(aws: LocalAws) -> None:
    blind = Writer(aws, ("s3:PutObject",))
    assert code(blind.s3.put_object, **blind.at("there"), Body=b"2", IfMatch=blind.etag) == "AccessDenied"
    assert blind.s3.put_object(**blind.at("new"), Body=b"2", IfNoneMatch="*")["ETag"]
    seeing = Writer(aws, ("s3:PutObject", "s3:GetObject"))
    assert seeing.s3.put_object(**seeing.at("there"), Body=b"2", IfMatch=seeing.etag)["ETag"]
    assert (
        code(seeing.s3.put_object, **seeing.at("there"), Body=b"3", IfMatch=seeing.etag)
        == "PreconditionFailed"
    )
    assert (
        code(seeing.s3.put_object, **seeing.at("there"), Body=b"3", IfNoneMatch="*") == "PreconditionFailed"
    )


def test_a_missing_key_is_forbidden_to_who_may_not_list(aws: LocalAws) -> None:
    blind = Writer(aws, ("s3:GetObject",))
    assert code(blind.s3.get_object, **blind.at("absent")) == "AccessDenied"
    assert code(blind.s3.head_object, **blind.at("absent")) == "403"
    assert blind.s3.get_object(**blind.at("there"))["Body"].read() == b"1"
    seeing = Writer(aws, ("s3:GetObject",), ("s3:ListBucket",))
    assert code(seeing.s3.get_object, **seeing.at("absent")) == "NoSuchKey"
    assert code(seeing.s3.head_object, **seeing.at("absent")) == "404"


def test_a_multipart_upload_needs_the_right_to_abort(aws: LocalAws) -> None:
    writer = Writer(aws, ("s3:PutObject",))
    upload = writer.s3.create_multipart_upload(**writer.at("big"))["UploadId"]
    assert code(writer.s3.abort_multipart_upload, **writer.at("big"), UploadId=upload) == "AccessDenied"


def test_root_may_everything(aws: LocalAws) -> None:
    writer = Writer(aws, ("s3:PutObject",))
    assert code(writer.root.get_object, **writer.at("absent")) == "NoSuchKey"
    assert writer.root.put_object(**writer.at("there"), Body=b"2", IfMatch=writer.etag)["ETag"]


def test_a_policy_against_plain_http_lets_the_loopback_through(aws: LocalAws) -> None:
    writer = Writer(aws, ("s3:PutObject",))
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{writer.bucket}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    writer.root.put_bucket_policy(Bucket=writer.bucket, Policy=json.dumps({"Statement": [deny]}))
    assert writer.s3.put_object(**writer.at("new"), Body=b"2")["ETag"]
