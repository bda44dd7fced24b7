"""The state survives a stop, and all but its last seconds a kill -9; nothing else survives either."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

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
from running_aws import LocalAws, free_port, until

QUICK = ("--schedule-sweep", "0.2", "--save-every", "0.05")
ECHO = "export const handler = async (event) => console.log(JSON.stringify(event));"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Below a package of ES modules, as a user's own may be: MiniStack's worker for functions is none."""
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return tmp_path / "home"


def restarted(aws: LocalAws, how: str) -> LocalAws:
    if how == "stopped":
        assert aws.stop() == 0
    else:
        wait_for_autosave(aws)
        aws.process.kill()
        aws.process.wait()
        until(lambda: not aws.home.joinpath("tmp").exists())
    return LocalAws(aws.home, *QUICK, port=aws.port)


def wait_for_autosave(aws: LocalAws) -> None:
    """Two rounds: the services are saved one after the other, and the first round may have been under way."""
    for mark in ("first round", "second round"):
        aws.client("ssm").put_parameter(Name="mark", Value=mark, Type="String", Overwrite=True)
        file = aws.home / "metadata/ssm.json"
        until(lambda file=file, mark=mark: file.exists() and mark in file.read_text())


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_everything_is_there_again(home: Path, how: str) -> None:
    aws = LocalAws(home, *QUICK)
    before = make_everything(aws)
    aws = restarted(aws, how)
    try:
        check_everything(aws, before)
    finally:
        aws.stop()


def make_everything(aws: LocalAws) -> dict[str, Any]:
    s3, bucket = aws.client("s3"), make_bucket(aws)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    versions = [
        s3.put_object(Bucket=bucket, Key="raw/a b=c.gz", Body=body, Metadata={"load": "l1"})["VersionId"]
        for body in (b"old", b"new")
    ]
    s3.put_object(Bucket=bucket, Key="gone", Body=b"1")
    s3.delete_object(Bucket=bucket, Key="gone")
    dynamodb, table = aws.client("dynamodb"), aws.name("ledger")
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(
        TableName=table, Item={"pk": {"S": "OBJECT"}, "bytes": {"N": "12"}, "raw": {"B": b"\x00\xff"}}
    )
    queue = make_queue(aws)
    role = make_role(aws, "lambda", LOGS, allow("sqs:*", on=queue.arn))
    function = make_function(aws, ECHO, role)
    aws.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=queue.arn)
    scheduler_role = make_role(aws, "scheduler", allow("lambda:InvokeFunction", on=function))
    # CloudFormation keeps a schedule that fires in two seconds, and a Glue job.
    resources = {
        "Schedule": {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "Name": aws.name("schedule"),
                "ScheduleExpression": "rate(1 hour)",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {"Arn": function, "RoleArn": scheduler_role, "Input": '"scheduled"'},
            },
        },
        "Job": {
            "Type": "AWS::Glue::Job",
            "Properties": {
                "Name": (job := aws.name("job")),
                "Role": make_role(aws, "glue", LOGS, allow("s3:GetObject", on=f"arn:aws:s3:::{bucket}/*")),
                "Command": {"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/job.py"},
                "ExecutionProperty": {"MaxConcurrentRuns": 1},
            },
        },
    }
    s3.put_object(Bucket=bucket, Key="job.py", Body=b"import time\ntime.sleep(60)")
    stack = aws.name("stack")
    aws.client("cloudformation").create_stack(
        StackName=stack, TemplateBody=json.dumps({"Resources": resources})
    )
    until(lambda: [line for line in log_messages(aws, log_group(function)) if "scheduled" in line])
    run = aws.client("glue").start_job_run(JobName=job)["JobRunId"]
    aws.client("glue").create_database(DatabaseInput={"Name": "weather"})
    aws.client("glue").create_table(
        DatabaseName="weather", TableInput={"Name": "hourly", "Parameters": {"projection.enabled": "true"}}
    )
    until(
        lambda: aws.client("glue").get_job_run(JobName=job, RunId=run)["JobRun"]["JobRunState"] == "RUNNING"
    )
    athena, output = aws.client("athena"), {"OutputLocation": f"s3://{bucket}/athena-results/"}
    athena.create_work_group(Name="weather", Configuration={"ResultConfiguration": output})
    query = athena.start_query_execution(QueryString="SELECT current_timestamp", WorkGroup="weather")[
        "QueryExecutionId"
    ]
    until(lambda: query_state(aws, query) == "SUCCEEDED")
    return locals()


def query_state(aws: LocalAws, query: str) -> str:
    answer = aws.client("athena").get_query_execution(QueryExecutionId=query)
    return answer["QueryExecution"]["Status"]["State"]


def check_everything(aws: LocalAws, before: dict[str, Any]) -> None:
    s3, bucket, key = aws.client("s3"), before["bucket"], "raw/a b=c.gz"
    newest = s3.get_object(Bucket=bucket, Key=key)
    assert (newest["Body"].read(), newest["VersionId"], newest["Metadata"]) == (
        b"new",
        before["versions"][1],
        {"load": "l1"},
    )
    oldest = s3.get_object(Bucket=bucket, Key=key, VersionId=before["versions"][0])
    assert oldest["Body"].read() == b"old"
    listed = s3.list_object_versions(Bucket=bucket)
    assert [each["Key"] for each in listed["DeleteMarkers"]] == ["gone"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"

    item = aws.client("dynamodb").get_item(TableName=before["table"], Key={"pk": {"S": "OBJECT"}})["Item"]
    assert (item["bytes"], item["raw"]) == ({"N": "12"}, {"B": b"\x00\xff"})

    stack = aws.client("cloudformation").describe_stacks(StackName=before["stack"])["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"

    glue, job = aws.client("glue"), before["job"]
    assert glue.get_job(JobName=job)["Job"]["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    assert glue.get_table(DatabaseName="weather", Name="hourly")["Table"]["Parameters"] == {
        "projection.enabled": "true"
    }
    abandoned = glue.get_job_run(JobName=job, RunId=before["run"])["JobRun"]
    assert abandoned["JobRunState"] == "FAILED"
    glue.batch_stop_job_run(JobName=job, JobRunIds=[glue.start_job_run(JobName=job)["JobRunId"]])

    groups = [group["Name"] for group in aws.client("athena").list_work_groups()["WorkGroups"]]
    assert "weather" in groups
    assert query_state(aws, before["query"]) == "SUCCEEDED"

    # The function is still fed by its queue, and its code is still there.
    aws.client("sqs").send_message(QueueUrl=before["queue"].url, MessageBody="after")
    group = log_group(before["function"])
    until(lambda: [line for line in log_messages(aws, group) if "after" in line])
    # An hour has not passed: the schedule does not fire again for having been restored.
    assert sum("scheduled" in line for line in log_messages(aws, group)) == 1


def test_a_schedule_that_was_due_meanwhile_fires_once(home: Path) -> None:
    aws = LocalAws(home, *QUICK)
    queue = make_queue(aws)
    role = make_role(aws, "scheduler", allow("sqs:SendMessage", on=queue.arn))
    local = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 2))
    aws.client("scheduler").create_schedule(
        Name="missed",
        ScheduleExpression=f"at({local})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": queue.arn, "RoleArn": role, "Input": "<aws.scheduler.scheduled-time>"},
    )
    assert queue.receive() == []
    aws.stop()
    time.sleep(2)
    aws = LocalAws(home, *QUICK, port=aws.port)
    try:
        queue.aws = aws
        assert until(queue.receive) == [f"{local}Z"]
    finally:
        aws.stop()


def family(pid: int) -> set[int]:
    """The process and what it has started, near and far."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in listed.splitlines())}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(pids: set[int]) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
    running = {
        int(pid) for pid, state in (line.split() for line in listed.splitlines()) if not state.startswith("Z")
    }
    return pids & running


@pytest.mark.parametrize("how", ["terminated", "killed", "abandoned"])
def test_nothing_is_left(home: Path, how: str) -> None:
    aws = LocalAws(home, *QUICK)
    bucket = make_bucket(aws)
    # Such a function does not end by itself when nobody listens to it any more.
    aws.client("lambda").invoke(FunctionName=make_function(aws, f"setInterval(() => {{}}, 1000); {ECHO}"))
    script = b"import subprocess, time\nsubprocess.run(['sleep', '60'])"
    aws.client("s3").put_object(Bucket=bucket, Key="job.py", Body=script)
    aws.client("glue").create_job(
        Name="job",
        Role=make_role(aws, "glue", allow("s3:GetObject", on=f"arn:aws:s3:::{bucket}/*")),
        Command={"Name": "pythonshell", "ScriptLocation": f"s3://{bucket}/job.py"},
    )
    aws.client("glue").start_job_run(JobName="job")
    # Guard, warm function, job, and the job's own child.
    started = until(lambda: len(found := family(aws.process.pid)) >= 5 and found)
    if how == "terminated":
        aws.process.terminate()
    elif how == "killed":
        os.kill(aws.process.pid, signal.SIGKILL)
    elif aws.process.stdin:
        aws.process.stdin.close()
    code = aws.process.wait(20)
    assert code == (-signal.SIGKILL if how == "killed" else 0)
    until(lambda: not alive(started), seconds=5)
    until(lambda: not home.joinpath("tmp").exists(), seconds=5)
    assert sorted(path.name for path in home.iterdir()) == ["lock", "metadata", "objects"]


def test_one_folder_has_one_local_aws(home: Path, aws: LocalAws) -> None:
    with pytest.raises(AssertionError, match="another local AWS runs in"):
        LocalAws(aws.home, port=free_port())


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux lists its sockets there")
def test_only_the_loopback_is_listened_on(aws: LocalAws) -> None:
    listening = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
    addresses = [line.split()[1] for line in listening.splitlines()[1:] if line.split()[3] == "0A"]
    assert [each for each in addresses if each.endswith(f":{aws.port:04X}")] == [f"0100007F:{aws.port:04X}"]
