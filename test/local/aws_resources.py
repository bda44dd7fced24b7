"""Makes what several tests need: roles, buckets, queues, functions."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from running_aws import REGION, LocalAws


def make_role(aws: LocalAws, service: str, *statements: dict[str, Any]) -> str:
    """The ARN of a role that a service may assume, with those statements and no others."""
    name = aws.name("role")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    iam = aws.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))["Role"][
        "Arn"
    ]
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
    return arn


def allow(*actions: str, on: str | list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on}


LOGS = allow(
    "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", on=f"arn:aws:logs:{REGION}:*:*"
)


def make_bucket(aws: LocalAws) -> str:
    name = aws.name("bucket")
    aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return name


@dataclass
class Queue:
    aws: LocalAws
    url: str
    arn: str

    def receive(self) -> list[str]:
        """The bodies of what can be received now."""
        messages = (
            self.aws.client("sqs")
            .receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
            .get("Messages", [])
        )
        return [message["Body"] for message in messages]

    def attributes(self, *names: str) -> dict[str, str]:
        return self.aws.client("sqs").get_queue_attributes(QueueUrl=self.url, AttributeNames=list(names))[
            "Attributes"
        ]

    def admit(self, service: str, source: str) -> None:
        """Lets a service send what comes from one resource."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self.arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": source}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.aws.client("sqs").set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})


def make_queue(aws: LocalAws, **attributes: str) -> Queue:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=aws.name("queue"), Attributes=attributes)["QueueUrl"]
    return Queue(
        aws,
        url,
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"],
    )


def make_function(aws: LocalAws, code: str, role: str | None = None, **settings: Any) -> str:
    """The ARN of a function of one ES module."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.mjs", code)
    return aws.client("lambda").create_function(
        FunctionName=aws.name("function"),
        Runtime="nodejs24.x",
        Handler="index.handler",
        Role=role or make_role(aws, "lambda", LOGS),
        Code={"ZipFile": packed.getvalue()},
        **{"Timeout": 10, **settings},
    )["FunctionArn"]


def log_group(function_arn: str) -> str:
    return f"/aws/lambda/{function_arn.split(':')[-1]}"


def log_messages(aws: LocalAws, group: str) -> list[str]:
    logs = aws.client("logs")
    try:
        return [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
