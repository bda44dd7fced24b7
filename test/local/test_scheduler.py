"""Schedules fire when they are due, with the permissions of their role."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_resources import LOGS, allow, log_group, log_messages, make_function, make_queue, make_role
from botocore.exceptions import ClientError
from running_aws import ACCOUNT, REGION, LocalAws, until

ECHO = "export const handler = async (event) => console.log(JSON.stringify({ received: event }));"
INPUT = json.dumps({"at": "<aws.scheduler.scheduled-time>", "arn": "<aws.scheduler.schedule-arn>"})


class Scheduled:
    """A schedule and the function that it invokes."""

    def __init__(self, aws: LocalAws, expression: str, **settings: Any) -> None:
        self.aws, self.name, self.scheduler = aws, aws.name("schedule"), aws.client("scheduler")
        self.function = make_function(aws, ECHO)
        role = make_role(aws, "scheduler", allow("lambda:InvokeFunction", on=self.function))
        self.definition = {
            "Name": self.name,
            "ScheduleExpression": expression,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": self.function, "RoleArn": role, "Input": INPUT},
            **settings,
        }
        self.scheduler.create_schedule(**self.definition)

    def received(self) -> list[dict[str, Any]]:
        lines = log_messages(self.aws, log_group(self.function))
        return [json.loads(line)["received"] for line in lines if line.startswith('{"received"')]


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_a_rate_begins_at_once_and_names_its_scheduled_time(aws: LocalAws) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    scheduled = Scheduled(aws, "rate(1 hour)")
    event = until(scheduled.received)[0]
    assert before <= moment(event["at"]) <= datetime.now(UTC)
    assert event["arn"] == f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{scheduled.name}"


def test_a_changed_schedule_begins_anew(aws: LocalAws) -> None:
    scheduled = Scheduled(aws, "rate(1 hour)")
    until(scheduled.received)
    scheduled.scheduler.update_schedule(**{**scheduled.definition, "ScheduleExpression": "rate(2 hours)"})
    until(lambda: len(scheduled.received()) == 2)


@pytest.mark.parametrize(
    "settings",
    [
        {"State": "DISABLED"},
        {"StartDate": datetime.now(UTC) + timedelta(hours=1)},
        {
            "StartDate": datetime.now(UTC) - timedelta(hours=2),
            "EndDate": datetime.now(UTC) - timedelta(hours=1),
        },
    ],
    ids=["disabled", "not begun", "over"],
)
def test_a_schedule_that_is_off_does_not_fire(aws: LocalAws, settings: dict[str, Any]) -> None:
    off, on = Scheduled(aws, "rate(1 minute)", **settings), Scheduled(aws, "rate(1 minute)")
    until(on.received)
    assert off.received() == []


def test_an_at_schedule_in_a_time_zone_fires_once_and_can_be_deleted(aws: LocalAws) -> None:
    local = datetime.now(UTC) + timedelta(hours=5, minutes=30, seconds=2)
    scheduled = Scheduled(
        aws,
        f"at({local:%Y-%m-%dT%H:%M:%S})",
        ScheduleExpressionTimezone="Asia/Kolkata",
        ActionAfterCompletion="DELETE",
    )
    event = until(scheduled.received)[0]
    assert abs((moment(event["at"]) - datetime.now(UTC)).total_seconds()) < 10
    with pytest.raises(scheduled.scheduler.exceptions.ResourceNotFoundException):
        scheduled.scheduler.get_schedule(Name=scheduled.name)


@pytest.mark.parametrize("fault", ["no such function", "role may not invoke"])
def test_an_invocation_that_cannot_be_made_is_a_dead_letter(aws: LocalAws, fault: str) -> None:
    queue = make_queue(aws)
    if fault == "no such function":
        function = granted = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:absent"
    else:
        function, granted = make_function(aws, ECHO), f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:other"
    role = make_role(
        aws, "scheduler", allow("lambda:InvokeFunction", on=granted), allow("sqs:SendMessage", on=queue.arn)
    )
    aws.client("scheduler").create_schedule(
        Name=aws.name("schedule"),
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": function, "RoleArn": role, "Input": INPUT, "DeadLetterConfig": {"Arn": queue.arn}},
    )
    assert moment(json.loads(until(queue.receive)[0])["at"])


@pytest.mark.parametrize(
    "change",
    [
        {"ScheduleExpression": "cron(bogus)"},
        {"ScheduleExpression": "every 5 minutes"},
        {"ScheduleExpression": "rate(0 minutes)"},
        {"ScheduleExpressionTimezone": "Europe/Aarhus"},
    ],
    ids=str,
)
def test_what_eventbridge_refuses_is_refused(aws: LocalAws, change: dict[str, str]) -> None:
    scheduled = Scheduled(aws, "rate(1 hour)", State="DISABLED")
    with pytest.raises(ClientError, match="ValidationException"):
        scheduled.scheduler.update_schedule(**scheduled.definition | change)


def test_a_role_that_the_scheduler_may_not_assume_is_refused(aws: LocalAws) -> None:
    scheduled = Scheduled(aws, "rate(1 hour)", State="DISABLED")
    target = scheduled.definition["Target"] | {"RoleArn": make_role(aws, "lambda")}
    with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume the role"):
        scheduled.scheduler.update_schedule(**scheduled.definition | {"Target": target})


@pytest.mark.parametrize("permitted", [True, False])
def test_a_failing_function_is_reported_where_its_role_may_send(aws: LocalAws, permitted: bool) -> None:
    queue, other = make_queue(aws), make_queue(aws)
    role = make_role(aws, "lambda", LOGS, allow("sqs:SendMessage", on=(queue if permitted else other).arn))
    function = make_function(
        aws, "export const handler = async () => { throw new Error('no such city'); };", role
    )
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=function,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": queue.arn}},
    )
    scheduler_role = make_role(aws, "scheduler", allow("lambda:InvokeFunction", on=function))
    aws.client("scheduler").create_schedule(
        Name=aws.name("schedule"),
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": function, "RoleArn": scheduler_role, "Input": INPUT},
    )
    starts = until(
        lambda: [line for line in log_messages(aws, log_group(function)) if line.startswith("START")][1:]
    )
    assert len(starts) == 1
    if permitted:
        letter = json.loads(until(queue.receive)[0])
        assert letter["responsePayload"]["errorMessage"] == "no such city"
        assert moment(letter["requestPayload"]["at"])
    else:
        assert queue.receive() == []
