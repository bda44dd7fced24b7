"""Which files partition projection reaches."""

from typing import Any

import pytest
from aws.partition_projection import ProjectionError, projected

HERE = "s3://curated/weather/year=2026/month=11/hour=07/part-0.parquet"
INTEGERS = {
    "projection.year.type": "integer",
    "projection.year.range": "2020,2030",
    "projection.month.type": "integer",
    "projection.month.range": "1,12",
    "projection.month.digits": "2",
    "projection.hour.type": "integer",
    "projection.hour.range": "0,23",
    "projection.hour.digits": "2",
}


def table(**changed: str) -> dict[str, Any]:
    return {
        "PartitionKeys": [{"Name": "year"}, {"Name": "month"}, {"Name": "hour"}],
        "Parameters": INTEGERS | {name.replace("__", "."): value for name, value in changed.items()},
        "StorageDescriptor": {"Location": "s3://curated/weather/"},
    }


@pytest.mark.parametrize(
    ("changed", "reached"),
    [
        ({}, True),
        (
            {"storage__location__template": "s3://curated/weather/year=${year}/month=${month}/hour=${hour}"},
            True,
        ),
        (
            {"storage__location__template": "s3://other/weather/year=${year}/month=${month}/hour=${hour}"},
            False,
        ),
        ({"projection__year__range": "2020,2025"}, False),
        ({"projection__hour__digits": "1"}, False),
        ({"projection__hour__interval": "7"}, True),
        ({"projection__hour__interval": "6"}, False),
        ({"projection__year__type": "enum", "projection__year__values": "2025,2026"}, True),
        ({"projection__year__type": "enum", "projection__year__values": "2024,2025"}, False),
        ({"projection__year__type": "injected"}, True),
    ],
)
def test_a_file_is_reached_or_not(changed: dict[str, str], reached: bool) -> None:
    assert projected(table(**changed), [HERE]) == ([HERE] if reached else [])


@pytest.mark.parametrize(
    "uri", ["s3://curated/weather/part-0.parquet", "s3://curated/weather2/year=2026/month=11/hour=07/x"]
)
def test_a_file_elsewhere_is_not_reached(uri: str) -> None:
    assert projected(table(), [uri]) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"projection__year__type": "date"},
        {"storage__location__template": "s3://curated/${year}/${month}/${hour}"},
    ],
)
def test_what_the_local_aws_cannot_judge_is_an_error(changed: dict[str, str]) -> None:
    with pytest.raises(ProjectionError):
        projected(table(**changed), [HERE])
