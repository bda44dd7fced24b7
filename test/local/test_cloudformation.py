"""Stacks keep what their template says and fail where they would on AWS."""

import json
from typing import Any

import pytest
from aws_resources import (
    LOGS,
    Queue,
    allow,
    log_group,
    log_messages,
    make_bucket,
    make_function,
    make_queue,
    make_role,
)
from running_aws import LocalAws, until

Resources = dict[str, dict[str, Any]]


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


class Stack:
    def __init__(self, aws: LocalAws, resources: Resources) -> None:
        self.cloudformation, self.name = aws.client("cloudformation"), aws.name("stack")
        self.cloudformation.create_stack(
            StackName=self.name, TemplateBody=json.dumps({"Resources": resources})
        )
        self.status = self.settled()

    def update(self, resources: Resources) -> None:
        self.cloudformation.update_stack(
            StackName=self.name, TemplateBody=json.dumps({"Resources": resources})
        )
        self.status = self.settled()

    def delete(self) -> None:
        self.cloudformation.delete_stack(StackName=self.name)
        self.status = self.settled()

    def settled(self) -> str:
        def settled() -> str | None:
            # The id outlives a deleted stack's name.
            stacks = self.cloudformation.describe_stacks()["Stacks"]
            status = next(
                (stack["StackStatus"] for stack in stacks if stack["StackName"] == self.name),
                "DELETE_COMPLETE",
            )
            return None if status.endswith("IN_PROGRESS") else status

        return until(settled)

    def failures(self) -> list[str]:
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return [
            event["ResourceStatusReason"] for event in events if event["ResourceStatus"].endswith("_FAILED")
        ]


def test_a_glue_job_keeps_its_execution_property(aws: LocalAws) -> None:
    name = aws.name("job")
    job = {
        "Name": name,
        "Role": make_role(aws, "glue"),
        "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/job.py"},
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "JobRunQueuingEnabled": False,
    }
    stack = Stack(aws, {"Job": resource("AWS::Glue::Job", **job)})
    stack.update({"Job": resource("AWS::Glue::Job", **job | {"ExecutionProperty": {"MaxConcurrentRuns": 3}})})
    kept = aws.client("glue").get_job(JobName=name)["Job"]
    assert (kept["ExecutionProperty"], kept["JobRunQueuingEnabled"]) == ({"MaxConcurrentRuns": 3}, False)


class ScheduleStack(Stack):
    """A stack of one schedule that sends a message at each time."""

    def __init__(self, aws: LocalAws, **properties: Any) -> None:
        self.queue, self.schedule = make_queue(aws), aws.name("schedule")
        self.role = make_role(aws, "scheduler", allow("sqs:SendMessage", on=self.queue.arn))
        super().__init__(aws, self.resources(**properties))

    def resources(self, **properties: Any) -> Resources:
        target = {"Arn": self.queue.arn, "RoleArn": self.role, "Input": "<aws.scheduler.scheduled-time>"}
        fixed = {"Name": self.schedule, "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
        return {"Schedule": resource("AWS::Scheduler::Schedule", **fixed, **properties)}


def test_a_schedule_keeps_its_zone_and_dates(aws: LocalAws) -> None:
    zone, end = "Europe/Copenhagen", "2099-01-01T00:00:00Z"
    stack = ScheduleStack(
        aws, ScheduleExpression="cron(0 6 * * ? *)", ScheduleExpressionTimezone=zone, EndDate=end
    )
    kept = aws.client("scheduler").get_schedule(Name=stack.schedule)
    assert kept["ScheduleExpressionTimezone"] == zone
    assert kept["EndDate"].year == 2099


def test_an_update_of_a_schedule_takes_effect(aws: LocalAws) -> None:
    stack = ScheduleStack(aws, ScheduleExpression="rate(1 hour)", State="DISABLED")
    stack.update(stack.resources(ScheduleExpression="rate(30 minutes)"))
    assert stack.status == "UPDATE_COMPLETE"
    until(stack.queue.receive)
    # What the template no longer names is as if it had never been named.
    assert aws.client("scheduler").get_schedule(Name=stack.schedule)["State"] == "ENABLED"


def test_a_bad_schedule_fails_its_stack(aws: LocalAws) -> None:
    stack = ScheduleStack(aws, ScheduleExpression="rate(5 parsecs)")
    assert stack.status == "ROLLBACK_COMPLETE"
    assert any("Invalid Schedule Expression" in reason for reason in stack.failures())


def test_a_function_whose_code_is_missing_fails_its_stack(aws: LocalAws) -> None:
    code = {"S3Bucket": make_bucket(aws), "S3Key": "absent.zip"}
    properties = {
        "Runtime": "nodejs24.x",
        "Handler": "index.handler",
        "Role": make_role(aws, "lambda"),
        "Code": code,
    }
    stack = Stack(aws, {"Function": resource("AWS::Lambda::Function", **properties)})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert any("NoSuchKey" in reason for reason in stack.failures())


def test_a_mapping_whose_function_may_not_poll_fails_its_stack(aws: LocalAws) -> None:
    queue: Queue = make_queue(aws)
    function = make_function(aws, "export const handler = () => {};", make_role(aws, "lambda", LOGS))
    mapping = resource("AWS::Lambda::EventSourceMapping", FunctionName=function, EventSourceArn=queue.arn)
    stack = Stack(aws, {"Mapping": mapping})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert any("ReceiveMessage" in reason for reason in stack.failures())


@pytest.mark.parametrize("versioned", [False, True])
def test_a_bucket_is_deleted_only_when_it_is_empty(aws: LocalAws, versioned: bool) -> None:
    name, s3 = aws.name("stack-bucket"), aws.client("s3")
    versioning = {"VersioningConfiguration": {"Status": "Enabled"}} if versioned else {}
    stack = Stack(aws, {"Bucket": resource("AWS::S3::Bucket", BucketName=name, **versioning)})
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    if versioned:
        s3.delete_object(Bucket=name, Key="a")
    stack.delete()
    assert stack.status == "DELETE_FAILED"
    assert any("not empty" in reason for reason in stack.failures())
    listed = s3.list_object_versions(Bucket=name)
    for each in [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]:
        s3.delete_object(Bucket=name, Key=each["Key"], VersionId=each["VersionId"])
    stack.delete()
    assert stack.status == "DELETE_COMPLETE"
    assert name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_types_without_a_service_here_can_be_made_changed_and_deleted(aws: LocalAws) -> None:
    def resources(query: str) -> Resources:
        return {
            "Query": resource("AWS::Athena::NamedQuery", Database="d", QueryString=query),
            "Alarm": resource("AWS::CloudWatch::CompositeAlarm", AlarmRule="TRUE"),
            "Insight": resource("AWS::Logs::QueryDefinition", Name="n", QueryString=query),
            "Pipeline": resource("AWS::CodePipeline::Pipeline", RoleArn="r", Stages=[]),
            "Security": resource(
                "AWS::Glue::SecurityConfiguration", Name=aws.name("security"), EncryptionConfiguration={}
            ),
        }

    first = resources("SELECT 1")
    stack = Stack(aws, first)
    assert stack.status == "CREATE_COMPLETE", stack.failures()
    stack.update({**resources("SELECT 2"), "Security": first["Security"]})
    assert stack.status == "UPDATE_COMPLETE", stack.failures()
    stack.delete()
    assert stack.status == "DELETE_COMPLETE"


def test_a_rule_and_its_permission_invoke_a_function(aws: LocalAws) -> None:
    function = make_function(
        aws, "export const handler = async (event) => console.log(JSON.stringify(event.detail));"
    )
    source = aws.name("source")
    rule = {"EventPattern": {"source": [source]}, "Targets": [{"Id": "function", "Arn": function}]}
    permission = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": function,
        "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]},
    }
    stack = Stack(
        aws,
        {
            "Rule": resource("AWS::Events::Rule", **rule),
            "Permission": resource("AWS::Lambda::Permission", **permission),
        },
    )
    assert stack.status == "CREATE_COMPLETE", stack.failures()
    aws.client("events").put_events(
        Entries=[{"Source": source, "DetailType": "test", "Detail": '{"seen":1}'}]
    )
    until(lambda: '{"seen":1}' in log_messages(aws, log_group(function)))
