"""S3 → SQS → function and EventBridge → function, with IAM enforced on every hop."""

import json
import time

import pytest
from aws_resources import (
    LOGS,
    allow,
    log_group,
    log_messages,
    make_bucket,
    make_function,
    make_queue,
    make_role,
)
from botocore.exceptions import ClientError
from running_aws import LocalAws, until

# Notes the keys it got, and fails the items whose key contains "bad".
NOTE = """
export const handler = async (event) => {
  const failed = [];
  for (const { messageId, body } of event.Records) {
    for (const { s3 } of JSON.parse(body).Records ?? []) {
      console.log(JSON.stringify({ key: s3.object.key }));
      if (s3.object.key.includes('bad')) failed.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures: failed };
};
"""
POLL = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


class Landing:
    """A bucket whose raw/ prefix is announced in a queue."""

    def __init__(self, aws: LocalAws, *, admitted: bool = True, **attributes: str) -> None:
        self.aws, self.bucket, self.queue = aws, make_bucket(aws), make_queue(aws, **attributes)
        if admitted:
            self.queue.admit("s3", f"arn:aws:s3:::{self.bucket}")

    def announce(self) -> None:
        rule = {"Name": "prefix", "Value": "raw/"}
        notified = {
            "QueueArn": self.queue.arn,
            "Events": ["s3:ObjectCreated:*"],
            "Filter": {"Key": {"FilterRules": [rule]}},
        }
        self.aws.client("s3").put_bucket_notification_configuration(
            Bucket=self.bucket, NotificationConfiguration={"QueueConfigurations": [notified]}
        )

    def land(self, *keys: str) -> None:
        for key in keys:
            self.aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=b"{}")

    def poll(self, *actions: str) -> str:
        """A function that is fed by the queue; its log group."""
        role = make_role(self.aws, "lambda", LOGS, *([allow(*actions, on=self.queue.arn)] if actions else []))
        function = make_function(self.aws, NOTE, role)
        self.aws.client("lambda").create_event_source_mapping(
            FunctionName=function,
            EventSourceArn=self.queue.arn,
            BatchSize=10,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 2},
        )
        return log_group(function)


def keys(aws: LocalAws, group: str) -> list[str]:
    return [json.loads(line)["key"] for line in log_messages(aws, group) if line.startswith('{"key"')]


def test_objects_below_the_prefix_reach_the_function(aws: LocalAws) -> None:
    landing = Landing(aws)
    landing.announce()
    group = landing.poll(*POLL)
    landing.land("loads/a", "raw/a", "raw/b")
    until(lambda: len(keys(aws, group)) == 2)
    assert sorted(keys(aws, group)) == ["raw/a", "raw/b"]
    counts = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    until(lambda: set(landing.queue.attributes(*counts).values()) == {"0"})


def test_only_the_failed_items_come_again_and_then_go_to_the_dead_letter_queue(aws: LocalAws) -> None:
    dead = make_queue(aws)
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    landing = Landing(aws, VisibilityTimeout="1", RedrivePolicy=redrive)
    landing.announce()
    group = landing.poll(*POLL)
    landing.land("raw/good", "raw/bad")
    assert json.loads(until(dead.receive)[0])["Records"][0]["s3"]["object"]["key"] == "raw/bad"
    assert sorted(keys(aws, group)) == ["raw/bad", "raw/bad", "raw/good"]


def test_a_queue_holds_each_message_for_its_delay(aws: LocalAws) -> None:
    landing = Landing(aws, DelaySeconds="2")
    landing.announce()
    group = landing.poll(*POLL)
    landing.land("raw/late")
    began = time.monotonic()
    until(lambda: keys(aws, group))
    assert time.monotonic() - began > 1.5


def test_a_queue_that_does_not_admit_the_bucket_refuses_the_notification(aws: LocalAws) -> None:
    landing = Landing(aws, admitted=False)
    with pytest.raises(ClientError, match="Unable to validate the following destination configurations"):
        landing.announce()


@pytest.mark.parametrize("missing", POLL)
def test_a_function_that_may_not_poll_gets_no_mapping(aws: LocalAws, missing: str) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        Landing(aws).poll(*(action for action in POLL if action != missing))


class Ruled:
    """A function that a rule invokes for events of a source of its own."""

    def __init__(self, aws: LocalAws, code: str, *, permitted: bool = True) -> None:
        self.events, self.source, rule = aws.client("events"), aws.name("source"), aws.name("rule")
        self.function = make_function(aws, code)
        arn = self.events.put_rule(Name=rule, EventPattern=json.dumps({"source": [self.source]}))["RuleArn"]
        if permitted:
            aws.client("lambda").add_permission(
                FunctionName=self.function,
                StatementId="rule",
                Action="lambda:InvokeFunction",
                Principal="events.amazonaws.com",
                SourceArn=arn,
            )
        self.events.put_targets(Rule=rule, Targets=[{"Id": "function", "Arn": self.function}])

    def put(self) -> None:
        self.events.put_events(
            Entries=[{"Source": self.source, "DetailType": "test", "Detail": '{"seen":1}'}]
        )


DETAIL = "export const handler = async (event) => console.log(JSON.stringify(event.detail));"


def test_a_rule_invokes_only_the_function_that_permits_it(aws: LocalAws) -> None:
    forbidden, permitted = Ruled(aws, DETAIL, permitted=False), Ruled(aws, DETAIL)
    forbidden.put()
    permitted.put()
    until(lambda: '{"seen":1}' in log_messages(aws, log_group(permitted.function)))
    assert log_messages(aws, log_group(forbidden.function)) == []


def test_a_function_that_fails_for_a_rule_is_tried_again(aws: LocalAws) -> None:
    ruled = Ruled(aws, "export const handler = async () => { throw new Error('no'); };")
    aws.client("lambda").put_function_event_invoke_config(FunctionName=ruled.function, MaximumRetryAttempts=1)
    ruled.put()
    until(lambda: sum(line.startswith("START") for line in log_messages(aws, log_group(ruled.function))) == 2)
