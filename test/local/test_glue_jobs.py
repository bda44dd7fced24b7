"""Glue jobs run, under their role, and end in the state that they deserve."""

import json
import os
import signal
import zipfile
from io import BytesIO
from typing import Any

import pytest
from aws_resources import LOGS, allow, log_messages, make_bucket, make_queue, make_role
from running_aws import LocalAws, until

SCRIPT = """
import json, os, sys, time
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
print("arguments", json.dumps(arguments))
print("environment", json.dumps(dict(os.environ)))
print("a warning", file=sys.stderr, flush=True)
{body}
"""


class Job:
    """A pythonshell job: the same path as a Spark job, without the seconds of Spark."""

    def __init__(
        self,
        aws: LocalAws,
        body: str = "",
        *,
        kind: str = "pythonshell",
        arguments: dict[str, str] | None = None,
        **settings: Any,
    ) -> None:
        self.aws, self.glue, self.name = aws, aws.client("glue"), aws.name("job")
        self.bucket = make_bucket(aws)
        self.logs = f"/glue/{self.name}"
        read = allow("s3:GetObject", on=f"arn:aws:s3:::{self.bucket}/code/*")
        write = allow("s3:PutObject", on=f"arn:aws:s3:::{self.bucket}/out/*")
        self.role = make_role(aws, "glue", LOGS, read, write)
        self.put("code/job.py", SCRIPT.format(body=body).encode())
        self.glue.create_job(
            Name=self.name,
            Command={"Name": kind, "ScriptLocation": f"s3://{self.bucket}/code/job.py"},
            DefaultArguments={"--custom-logGroup-prefix": self.logs, **(arguments or {})},
            **{"Role": self.role, "GlueVersion": "5.1", **settings},
        )

    def put(self, key: str, body: bytes) -> str:
        self.aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def start(self, **arguments: str) -> str:
        given = {f"--{name}": value for name, value in arguments.items()}
        return self.glue.start_job_run(JobName=self.name, Arguments=given)["JobRunId"]

    def run(self, run_id: str) -> dict[str, Any]:
        return self.glue.get_job_run(JobName=self.name, RunId=run_id)["JobRun"]

    def ended(self, run_id: str, seconds: float = 20) -> dict[str, Any]:
        over = ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT")
        return until(lambda: (run := self.run(run_id))["JobRunState"] in over and run, seconds)

    def printed(self, word: str) -> Any:
        lines = log_messages(self.aws, f"{self.logs}/output")
        return next(
            (json.loads(line.split(" ", 1)[1]) for line in lines if line.startswith(f"{word} ")), None
        )


def test_a_run_gets_its_arguments_and_its_logs(aws: LocalAws) -> None:
    job = Job(aws, arguments={"--color": "blue", "--size": "1"})
    run = job.ended(job.start(size="2"))
    assert (run["JobRunState"], run.get("ErrorMessage", "")) == ("SUCCEEDED", "")
    assert job.printed("arguments")["--size"] == "2"
    assert job.printed("arguments")["--color"] == "blue"
    assert log_messages(aws, f"{job.logs}/error") == ["a warning"]


def test_a_run_has_the_credentials_of_its_role_and_nothing_of_the_developers(aws: LocalAws) -> None:
    job = Job(aws)
    job.ended(job.start())
    environment = job.printed("environment")
    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-central-1"
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_SESSION_TOKEN"]
    assert "DEVELOPERS_SECRET" not in environment
    assert "AWS_PROFILE" not in environment


def test_a_run_may_do_what_its_role_allows_and_no_more(aws: LocalAws) -> None:
    body = """
import boto3
s3 = boto3.client("s3")
s3.put_object(Bucket=arguments["--bucket"], Key="out/a", Body=b"1")
s3.put_object(Bucket=arguments["--bucket"], Key="elsewhere/a", Body=b"1")
"""
    job = Job(aws, body)
    run = job.ended(job.start(bucket=job.bucket))
    assert run["JobRunState"] == "FAILED"
    assert "AccessDenied" in run["ErrorMessage"]
    keys = [each["Key"] for each in aws.client("s3").list_objects_v2(Bucket=job.bucket)["Contents"]]
    assert keys == ["code/job.py", "out/a"]


def test_a_role_that_glue_may_not_assume_fails_the_run(aws: LocalAws) -> None:
    job = Job(aws, Role=make_role(aws, "lambda", LOGS))
    run = job.ended(job.start())
    assert run["JobRunState"] == "FAILED"
    assert "should be given assume role permissions for Glue" in run["ErrorMessage"]


def test_the_last_line_of_a_traceback_is_the_error_message(aws: LocalAws) -> None:
    job = Job(aws, "raise ValueError('bad input: 7')")
    run = job.ended(job.start())
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "ValueError: bad input: 7")


def test_extra_python_files_can_be_imported(aws: LocalAws) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inzip/__init__.py", "VALUE = 6")
    job = Job(
        aws,
        "import inzip, plain\nassert inzip.VALUE * plain.VALUE == 42",
    )
    files = [job.put("code/lib.zip", packed.getvalue()), job.put("code/plain.py", b"VALUE = 7")]
    run_id = job.glue.start_job_run(JobName=job.name, Arguments={"--extra-py-files": ",".join(files)})[
        "JobRunId"
    ]
    assert job.ended(run_id)["JobRunState"] == "SUCCEEDED"


@pytest.mark.parametrize("argument", ["--additional-python-modules", "--extra-py-files", "--extra-files"])
def test_a_missing_file_fails_the_run(aws: LocalAws, argument: str) -> None:
    job = Job(aws)
    where = f"s3://{job.bucket}/code/absent.gluewheels.zip"
    run_id = job.glue.start_job_run(JobName=job.name, Arguments={argument: where})["JobRunId"]
    run = job.ended(run_id)
    assert run["JobRunState"] == "FAILED"
    assert run["ErrorMessage"].startswith("LAUNCH ERROR")


def test_wheels_that_are_there_let_the_run_start(aws: LocalAws) -> None:
    job = Job(aws)
    where = job.put("code/duckdb.gluewheels.zip", b"")
    arguments = {"--additional-python-modules": where, "--python-modules-installer-option": "--no-index"}
    run_id = job.glue.start_job_run(JobName=job.name, Arguments=arguments)["JobRunId"]
    assert job.ended(run_id)["JobRunState"] == "SUCCEEDED"


def test_one_run_at_a_time_unless_more_are_allowed(aws: LocalAws) -> None:
    job = Job(aws, "time.sleep(30)")
    first = job.start()
    with pytest.raises(job.glue.exceptions.ConcurrentRunsExceededException):
        job.start()
    job.glue.update_job(
        JobName=job.name,
        JobUpdate={
            "Role": job.role,
            "Command": {"Name": "pythonshell", "ScriptLocation": f"s3://{job.bucket}/code/job.py"},
            "ExecutionProperty": {"MaxConcurrentRuns": 2},
        },
    )
    second = job.start()
    newest_first = [run["Id"] for run in job.glue.get_job_runs(JobName=job.name)["JobRuns"]]
    assert newest_first == [second, first]
    stopped = job.glue.batch_stop_job_run(JobName=job.name, JobRunIds=[first, second])
    assert len(stopped["SuccessfulSubmissions"]) == 2


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_stopped_run_ends_its_process(aws: LocalAws) -> None:
    job = Job(aws, "print('arguments', os.getpid(), flush=True)\ntime.sleep(30)")
    run_id = job.start()
    until(lambda: len(log_messages(aws, f"{job.logs}/output")) == 3)
    pid = int(log_messages(aws, f"{job.logs}/output")[2].split()[1])
    job.glue.batch_stop_job_run(JobName=job.name, JobRunIds=[run_id])
    assert job.run(run_id)["JobRunState"] == "STOPPED"
    until(lambda: is_gone(pid))
    # The end of the process does not make it a failed run.
    assert job.run(run_id)["JobRunState"] == "STOPPED"
    again = job.glue.batch_stop_job_run(JobName=job.name, JobRunIds=[run_id, "jr_none"])
    codes = [error["ErrorDetail"]["ErrorCode"] for error in again["Errors"]]
    assert codes == ["InvalidInputException", "EntityNotFoundException"]


def test_a_killed_process_is_a_failed_run(aws: LocalAws) -> None:
    job = Job(aws, "print('arguments', os.getpid(), flush=True)\ntime.sleep(30)")
    run_id = job.start()
    until(lambda: len(log_messages(aws, f"{job.logs}/output")) == 3)
    os.kill(int(log_messages(aws, f"{job.logs}/output")[2].split()[1]), signal.SIGKILL)
    run = job.ended(run_id, seconds=5)
    assert run["JobRunState"] == "FAILED"
    assert "exit code 137" in run["ErrorMessage"]


def test_a_run_past_its_timeout_is_ended(aws: LocalAws) -> None:
    job = Job(aws, "time.sleep(30)", Timeout=1)
    assert job.ended(job.start())["JobRunState"] == "TIMEOUT"


def test_each_ending_is_an_event(aws: LocalAws) -> None:
    job = Job(aws, "raise SystemExit(3)")
    events, queue, rule = aws.client("events"), make_queue(aws), aws.name("rule")
    pattern = {"source": ["aws.glue"], "detail": {"jobName": [job.name]}}
    queue.admit("events", events.put_rule(Name=rule, EventPattern=json.dumps(pattern))["RuleArn"])
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": queue.arn}])
    run_id = job.start()
    event = json.loads(until(queue.receive)[0])
    assert event["detail-type"] == "Glue Job State Change"
    assert (event["detail"]["state"], event["detail"]["jobRunId"]) == ("FAILED", run_id)


def test_a_spark_job_runs_under_spark(aws: LocalAws) -> None:
    body = """
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
def parts(batches):
    import duckdb, os
    for batch in batches:
        yield duckdb.sql("select count(*)::bigint as n from batch").fetch_arrow_table().to_batches()[0]
counted = sum(row.n for row in spark.range(100).mapInArrow(parts, "n long").collect())
master = spark.sparkContext.master
print("arguments", json.dumps({"spark": spark.version, "master": master, "counted": counted}))
"""
    job = Job(aws, body, kind="glueetl")
    run = job.ended(job.start(manifest="s3://x/y"), seconds=60)
    assert run["JobRunState"] == "SUCCEEDED", run["ErrorMessage"]
    lines = [
        json.loads(line[10:])
        for line in log_messages(aws, f"{job.logs}/output")
        if line.startswith("arguments ")
    ]
    assert lines[0]["--manifest"] == "s3://x/y"
    assert lines[0]["--JOB_NAME"] == job.name
    assert lines[1] == {"spark": "3.5.6", "master": "local[2]", "counted": 100}
