"""The versions that the job refuses to run without, and those that the project installs."""

import json
from types import SimpleNamespace

import boto3
import duckdb
import pytest
from partitioning.aws_clients import check_conditional_writes
from partitioning.errors import JobError
from partitioning.open_duckdb import DUCKDB_VERSION, check_duckdb
from project import PROJECT


def test_duckdb_is_the_same_in_node_and_in_both_python_environments() -> None:
    package = json.loads((PROJECT / "package.json").read_text())
    packages = package["devDependencies"] | package["dependencies"]
    assert packages["@duckdb/node-api"].split("-")[0] == DUCKDB_VERSION
    for path in ("glue/requirements.in", "local/aws/requirements.in"):
        assert f"duckdb=={DUCKDB_VERSION}\n" in (PROJECT / path).read_text(), path


def test_refuses_another_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    check_duckdb()
    monkeypatch.setattr(duckdb, "__version__", "1.5.6")
    with pytest.raises(JobError, match=r"^DuckDB is 1.5.6, but equal bytes are promised for 1.5.5 only"):
        check_duckdb()


def test_refuses_a_boto3_without_conditional_writes() -> None:
    check_conditional_writes(boto3.client("s3", region_name="eu-central-1"))
    shape = SimpleNamespace(members={"Bucket": None, "IfNoneMatch": None})
    model = SimpleNamespace(operation_model=lambda name: SimpleNamespace(input_shape=shape))
    with pytest.raises(JobError, match="knows no conditional writes"):
        check_conditional_writes(SimpleNamespace(meta=SimpleNamespace(service_model=model)))
