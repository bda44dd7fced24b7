"""Athena answers from the files of a table as its catalog entry describes it."""

import io
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from aws_resources import allow, make_bucket, make_role
from botocore.exceptions import ClientError
from running_aws import LocalAws, until

COLUMNS = [
    {"Name": "city", "Type": "string"},
    {"Name": "time", "Type": "timestamp"},
    {"Name": "temperature", "Type": "double"},
]
PARTS = ("year", "month", "day", "hour")
RANGES = {"year": "2020,2030", "month": "1,12", "day": "1,31", "hour": "0,23"}


class Table:
    """A table of the pipeline's kind: Parquet by hour, found by partition projection."""

    def __init__(
        self,
        aws: LocalAws,
        *,
        partitioned: bool = True,
        columns: list[dict[str, str]] = COLUMNS,
        **projection: str,
    ) -> None:
        self.aws, self.bucket, self.database, self.name = (
            aws,
            make_bucket(aws),
            aws.name("db").replace("-", "_"),
            "weather",
        )
        location = f"s3://{self.bucket}/{self.name}"
        parameters = {"classification": "parquet"}
        if partitioned:
            parameters |= {"projection.enabled": "true"}
            for part in PARTS:
                parameters |= {f"projection.{part}.type": "integer", f"projection.{part}.range": RANGES[part]}
                parameters |= {} if part == "year" else {f"projection.{part}.digits": "2"}
            folders = "/".join(f"{part}=${{{part}}}" for part in PARTS)
            parameters |= {"storage.location.template": f"{location}/{folders}/"}
        glue = aws.client("glue")
        glue.create_database(DatabaseInput={"Name": self.database})
        glue.create_table(
            DatabaseName=self.database,
            TableInput={
                "Name": self.name,
                "TableType": "EXTERNAL_TABLE",
                "PartitionKeys": [{"Name": part, "Type": "int"} for part in PARTS] if partitioned else [],
                "Parameters": parameters | projection,
                "StorageDescriptor": {
                    "Columns": columns,
                    "Location": f"{location}/",
                    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                    "SerdeInfo": {
                        "SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
                    },
                },
            },
        )
        aws.client("athena").create_work_group(
            Name=self.database,
            Configuration={"ResultConfiguration": {"OutputLocation": f"s3://{self.bucket}/athena-results/"}},
        )

    def put(self, folder: str, *cities: str, name: str = "part-0") -> None:
        rows = {
            "city": list(cities),
            "time": pa.array(
                [datetime(2026, 11, 21, 7, tzinfo=UTC).replace(tzinfo=None)] * len(cities), pa.timestamp("us")
            ),
            "temperature": [1.5] * len(cities),
        }
        file = io.BytesIO()
        pq.write_table(pa.table(rows), file, compression="zstd")
        key = "/".join(part for part in (self.name, folder, f"{name}.parquet") if part)
        self.aws.client("s3").put_object(Bucket=self.bucket, Key=key, Body=file.getvalue())

    def ask(self, sql: str, credentials: dict[str, str] | None = None) -> list[list[str | None]]:
        athena = self.aws.client("athena", credentials)
        query = athena.start_query_execution(
            QueryString=sql.format(table=f'"{self.database}"."{self.name}"'),
            QueryExecutionContext={"Database": self.database},
            WorkGroup=self.database,
        )["QueryExecutionId"]

        def ended() -> dict[str, Any] | None:
            status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            return status if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED") else None

        status = until(ended)
        assert status["State"] == "SUCCEEDED", status
        rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
        return [[value.get("VarCharValue") for value in row["Data"]] for row in rows[1:]]


HOUR_7, HOUR_8 = "year=2026/month=11/day=21/hour=07", "year=2026/month=11/day=21/hour=08"


def test_a_table_without_files_is_empty(aws: LocalAws) -> None:
    assert Table(aws).ask("SELECT count(*) FROM {table}") == [["0"]]


def test_partition_columns_can_be_queried_and_new_files_are_seen(aws: LocalAws) -> None:
    table = Table(aws)
    table.put(HOUR_7, "Aarhus", "Oslo")
    assert table.ask("SELECT count(*) FROM {table}") == [["2"]]
    table.put(HOUR_8, "Aarhus")
    by_hour = "SELECT year, month, day, hour, count(*) AS n FROM {table} GROUP BY 1, 2, 3, 4 ORDER BY hour"
    assert table.ask(by_hour) == [["2026", "11", "21", "7", "2"], ["2026", "11", "21", "8", "1"]]
    assert table.ask("SELECT city FROM {table} WHERE hour = 8 AND year = 2026") == [["Aarhus"]]


def test_a_replaced_file_is_read_as_it_is_now(aws: LocalAws) -> None:
    table = Table(aws)
    table.put(HOUR_7, "Aarhus")
    table.put(HOUR_7, "Oslo", "Bergen")
    assert table.ask("SELECT count(*) FROM {table} WHERE city <> 'Aarhus'") == [["2"]]


def test_a_table_without_partitions_reads_the_files_below_its_prefix(aws: LocalAws) -> None:
    table = Table(aws, partitioned=False)
    table.put("", "Aarhus", "Oslo")
    table.put("", "Bergen", name="part-1")
    assert table.ask("SELECT city, time FROM {table} ORDER BY city DESC LIMIT 1") == [
        ["Oslo", "2026-11-21 07:00:00.000"]
    ]
    assert table.ask("SELECT count(*) FROM {table}") == [["3"]]


@pytest.mark.parametrize(
    "projection",
    [
        {"projection.year.range": "2020,2025"},
        {"projection.hour.digits": "1"},
        {
            "storage.location.template": "s3://elsewhere/weather/year=${year}/month=${month}/day=${day}/hour=${hour}/"
        },
    ],
    ids=["range", "digits", "template"],
)
def test_what_the_projection_does_not_reach_is_not_seen(aws: LocalAws, projection: dict[str, str]) -> None:
    """As on AWS, in silence: so a wrong projection shows here."""
    table = Table(aws, **projection)
    table.put(HOUR_7, "Aarhus")
    assert table.ask("SELECT count(*) FROM {table}") == [["0"]]


def test_columns_are_those_of_the_catalog(aws: LocalAws) -> None:
    table = Table(aws)
    table.put(HOUR_7, "Aarhus")
    assert table.ask("SELECT * FROM {table}") == [
        ["Aarhus", "2026-11-21 07:00:00.000", "1.5", "2026", "11", "21", "7"]
    ]


def test_a_column_that_no_file_has_yet_is_null(aws: LocalAws) -> None:
    table = Table(aws, columns=[*COLUMNS, {"Name": "humidity", "Type": "bigint"}])
    table.put(HOUR_7, "Aarhus")
    assert table.ask("SELECT city, humidity FROM {table}") == [["Aarhus", None]]


def test_a_file_of_another_type_is_bad_data(aws: LocalAws) -> None:
    table = Table(aws, columns=[{"Name": "temperature", "Type": "bigint"}])
    table.put(HOUR_7, "Aarhus")
    with pytest.raises(AssertionError, match="HIVE_BAD_DATA: Field temperature's type DOUBLE"):
        table.ask("SELECT count(*) FROM {table}")


def test_without_projection_only_registered_partitions_are_seen(aws: LocalAws) -> None:
    table = Table(aws, **{"projection.enabled": "false"})
    table.put(HOUR_7, "Aarhus")
    table.put(HOUR_8, "Aarhus")
    location = {"Location": f"s3://{table.bucket}/{table.name}/{HOUR_8}/"}
    aws.client("glue").create_partition(
        DatabaseName=table.database,
        TableName=table.name,
        PartitionInput={"Values": ["2026", "11", "21", "8"], "StorageDescriptor": location},
    )
    assert table.ask("SELECT hour, count(*) FROM {table} GROUP BY 1") == [["8", "1"]]


@pytest.mark.parametrize("permitted", [True, False])
def test_a_role_may_query_as_far_as_its_policy_goes(aws: LocalAws, permitted: bool) -> None:
    table = Table(aws)
    actions = ("athena:StartQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults")
    role = make_role(aws, "lambda", *([allow(*actions, on="*")] if permitted else []))
    credentials = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    if permitted:
        assert table.ask("SELECT count(*) FROM {table}", credentials) == [["0"]]
    else:
        with pytest.raises(ClientError, match="AccessDenied"):
            table.ask("SELECT count(*) FROM {table}", credentials)
