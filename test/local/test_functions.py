"""Functions run under their role, on Node 24, and to their end."""

import io
import json
import threading
import zipfile
from typing import Any

import pytest
from aws_resources import LOGS, log_group, log_messages, make_function, make_role
from running_aws import REGION, LocalAws, until


def invoke(aws: LocalAws, function: str) -> Any:
    return json.loads(aws.client("lambda").invoke(FunctionName=function)["Payload"].read())


def test_a_function_has_its_own_environment_and_its_role(aws: LocalAws) -> None:
    code = "export const handler = async () => ({ environment: process.env, version: process.version });"
    function = make_function(aws, code, Environment={"Variables": {"STAGING_BUCKET": "b"}})
    answer = invoke(aws, function)
    environment = answer["environment"]
    assert answer["version"].startswith("v24.")
    assert environment["STAGING_BUCKET"] == "b"
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_SESSION_TOKEN"]
    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint
    assert environment["AWS_REGION"] == "eu-central-1"
    foreign = {"DEVELOPERS_SECRET", "AWS_PROFILE", "STATE_DIR", "S3_DATA_DIR", "AUTH", "GATEWAY_PORT"}
    assert foreign.isdisjoint(environment)


@pytest.mark.parametrize("permitted", [True, False])
def test_a_function_logs_what_it_printed_if_its_role_may_log(aws: LocalAws, permitted: bool) -> None:
    code = 'export const handler = async () => { console.log(\'{"event":"window committed"}\'); };'
    function = make_function(aws, code, make_role(aws, "lambda", *([LOGS] if permitted else [])))
    invoke(aws, function)
    lines = log_messages(aws, log_group(function))
    if permitted:
        assert [line.split()[0] for line in lines] == ["START", '{"event":"window', "END", "REPORT"]
    else:
        assert lines == []


def test_what_an_invocation_prints_is_in_its_own_log(aws: LocalAws) -> None:
    code = """
    console.log('loaded');
    export const handler = async ({ lines, fail }) => {
      for (let line = 0; line < lines; line++) console.log(`${lines}.${line}`);
      if (fail) throw new Error('no');
    };"""
    function, client = make_function(aws, code), aws.client("lambda")
    for lines in range(20):
        client.invoke(FunctionName=function, Payload=json.dumps({"lines": lines, "fail": lines == 7}))
    logs, group = aws.client("logs"), log_group(function)
    printed = []
    for stream in logs.describe_log_streams(logGroupName=group)["logStreams"]:
        events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
        printed.append([event["message"] for event in events if event["message"][0].isdigit()])
    assert sorted(map(len, printed)) == list(range(20))
    assert all(lines == [f"{len(lines)}.{line}" for line in range(len(lines))] for lines in printed)


def test_a_function_that_ends_its_process_is_a_failed_invocation(aws: LocalAws) -> None:
    code = "export const handler = async () => { console.log('last words'); process.exit(1); };"
    function, client = make_function(aws, code), aws.client("lambda")
    for attempt in (1, 2):
        assert client.invoke(FunctionName=function)["FunctionError"] == "Unhandled"
        assert log_messages(aws, log_group(function)).count("last words") == attempt


def test_new_code_does_not_cut_short_what_runs(aws: LocalAws) -> None:
    """The old code makes a bucket to say that it runs, and waits for another. Unsigned, it is root here."""
    slow = """
    const s3 = process.env.AWS_ENDPOINT_URL, { BEGUN, END } = process.env;
    export const handler = async () => {
      await fetch(`${s3}/${BEGUN}`, { method: 'PUT' });
      while (!(await (await fetch(s3)).text()).includes(END));
      return 'old';
    };"""
    s3, answers, begun, end = aws.client("s3"), [], aws.name("begun"), aws.name("end")
    function = make_function(aws, slow, Environment={"Variables": {"BEGUN": begun, "END": end}})
    waiting = threading.Thread(target=lambda: answers.append(invoke(aws, function)))
    waiting.start()
    until(lambda: begun in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.mjs", "export const handler = async () => 'new';")
    aws.client("lambda").update_function_code(FunctionName=function, ZipFile=packed.getvalue())
    assert invoke(aws, function) == "new"
    s3.create_bucket(Bucket=end, CreateBucketConfiguration={"LocationConstraint": REGION})
    waiting.join(10)
    assert answers == ["old"]
