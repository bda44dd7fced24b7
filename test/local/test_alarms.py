"""Log lines become metrics, metrics alarms, alarms messages."""

import json
import time
from typing import Any

import pytest
from aws_resources import Queue, make_queue
from botocore.exceptions import ClientError
from running_aws import LocalAws, until


class Alarm:
    """An alarm on one metric of its own, and the queue that its topic feeds."""

    def __init__(self, aws: LocalAws, **settings: Any) -> None:
        self.aws, self.cloudwatch, self.name = aws, aws.client("cloudwatch"), aws.name("alarm")
        self.namespace = aws.name("Namespace")
        sns = aws.client("sns")
        self.topic, self.queue = sns.create_topic(Name=aws.name("topic"))["TopicArn"], make_queue(aws)
        self.queue.admit("sns", self.topic)
        sns.subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=self.queue.arn)
        self.cloudwatch.put_metric_alarm(
            **{
                "AlarmName": self.name,
                "Namespace": self.namespace,
                "MetricName": "LoadsFailed",
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": [self.topic],
                **settings,
            }
        )

    def put(self, value: float, **dimensions: str) -> None:
        datum = {
            "MetricName": "LoadsFailed",
            "Value": value,
            "Dimensions": [{"Name": name, "Value": each} for name, each in dimensions.items()],
        }
        self.cloudwatch.put_metric_data(Namespace=self.namespace, MetricData=[datum])

    def state(self) -> str:
        return self.cloudwatch.describe_alarms(AlarmNames=[self.name])["MetricAlarms"][0]["StateValue"]


def test_a_metric_past_its_threshold_alarms_the_topic(aws: LocalAws) -> None:
    alarm = Alarm(aws)
    until(lambda: alarm.state() == "OK")
    alarm.put(2)
    until(lambda: alarm.state() == "ALARM")
    message = json.loads(json.loads(until(alarm.queue.receive)[0])["Message"])
    assert (message["AlarmName"], message["NewStateValue"]) == (alarm.name, "ALARM")


def test_a_topic_that_does_not_admit_cloudwatch_is_not_told(aws: LocalAws) -> None:
    alarm = Alarm(aws)
    until(lambda: alarm.state() == "OK")
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish"}
    policy = json.dumps({"Statement": [statement | {"Resource": alarm.topic}]})
    aws.client("sns").set_topic_attributes(
        TopicArn=alarm.topic, AttributeName="Policy", AttributeValue=policy
    )
    alarm.put(2)
    until(lambda: alarm.state() == "ALARM")
    assert alarm.queue.receive() == []


def test_an_alarm_sees_only_its_own_dimensions(aws: LocalAws) -> None:
    mine = [{"Name": "Stack", "Value": "mine"}]
    alarm = Alarm(aws, Dimensions=mine)
    alarm.put(2, Stack="other")
    until(lambda: alarm.state() == "OK")
    alarm.put(2, Stack="mine")
    until(lambda: alarm.state() == "ALARM")


@pytest.mark.parametrize(
    ("missing", "state"),
    [
        ("breaching", "ALARM"),
        ("notBreaching", "OK"),
        ("missing", "INSUFFICIENT_DATA"),
        ("ignore", "INSUFFICIENT_DATA"),
    ],
)
def test_missing_data_is_treated_as_the_alarm_says(aws: LocalAws, missing: str, state: str) -> None:
    other, alarm = Alarm(aws), Alarm(aws, TreatMissingData=missing)
    until(lambda: other.state() == "OK")
    until(lambda: alarm.state() == state, seconds=5)


def test_the_oldest_data_leave_the_alarm(aws: LocalAws) -> None:
    alarm = Alarm(aws, Period=1)
    alarm.put(2)
    until(lambda: alarm.queue.receive())
    until(lambda: alarm.state() == "OK")


def test_a_dead_letter_alarms(aws: LocalAws) -> None:
    queue: Queue = make_queue(aws)
    alarm = Alarm(
        aws,
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Statistic="Maximum",
        Dimensions=[{"Name": "QueueName", "Value": queue.arn.split(":")[-1]}],
    )
    until(lambda: alarm.state() == "OK")
    aws.client("sqs").send_message(QueueUrl=queue.url, MessageBody="dead")
    until(lambda: alarm.state() == "ALARM")


def test_a_metric_filter_counts_the_lines_that_match(aws: LocalAws) -> None:
    logs, cloudwatch, group, namespace = (
        aws.client("logs"),
        aws.client("cloudwatch"),
        aws.name("group"),
        aws.name("Rows"),
    )
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    logs.put_metric_filter(
        logGroupName=group,
        filterName="rows",
        filterPattern='{ $.event = "rows quarantined" && $.rows > 0 }',
        metricTransformations=[{"metricName": "Rows", "metricNamespace": namespace, "metricValue": "$.rows"}],
    )
    lines = [
        {"event": "rows quarantined", "rows": 3},
        {"event": "rows quarantined", "rows": 0},
        {"event": "other", "rows": 5},
    ]
    now = int(time.time() * 1000)
    events = [
        {"timestamp": now, "message": json.dumps(line)} for line in [*lines, {"event": "rows quarantined"}]
    ]
    logs.put_log_events(
        logGroupName=group, logStreamName="one", logEvents=[*events, {"timestamp": now, "message": "no JSON"}]
    )
    points = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName="Rows",
        StartTime=time.time() - 120,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    assert [(point["Sum"], point["SampleCount"]) for point in points] == [(3, 1)]
    found = logs.filter_log_events(logGroupName=group, filterPattern='{ $.event = "o*" }')["events"]
    assert [json.loads(event["message"])["event"] for event in found] == ["other"]


def test_a_metric_filter_with_a_broken_pattern_is_refused(aws: LocalAws) -> None:
    logs, group = aws.client("logs"), aws.name("group")
    logs.create_log_group(logGroupName=group)
    metric = {"metricName": "Rows", "metricNamespace": "Broken", "metricValue": "1"}
    with pytest.raises(ClientError, match="Invalid metric filter pattern"):
        logs.put_metric_filter(
            logGroupName=group,
            filterName="rows",
            filterPattern="{ $.event == 1 }",
            metricTransformations=[metric],
        )
