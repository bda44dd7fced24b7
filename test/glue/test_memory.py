import pytest
from partitioning.open_duckdb import Slots, memory_limit
from partitioning.spark_session import parse_bytes

MB, GB = 1 << 20, 1 << 30


@pytest.mark.parametrize(
    ("about", "ram", "slots", "least", "most"),
    [
        ("a G.1X worker", int(15.3 * GB), Slots(4, 10 * GB), 600 * MB, 900 * MB),
        ("a G.2X worker", int(30.9 * GB), Slots(8, 20 * GB), 900 * MB, 1100 * MB),
        ("a container that is nearly all heap", 8 * GB, Slots(4, 7 * GB), 256 * MB, 256 * MB),
        ("a laptop", 16 * GB, Slots(2, 1 * GB), 4 * GB, 4 * GB),
    ],
)
def test_duckdb_gets_what_is_left_of_the_machine(
    about: str, ram: int, slots: Slots, least: int, most: int
) -> None:
    assert least <= memory_limit(ram, slots) <= most


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10g", 10 * GB), ("512m", 512 * MB), ("1024", 1024 * MB), ("2GB", 2 * GB), ("1k", 1024)],
)
def test_reads_memory_as_spark_writes_it(text: str, expected: int) -> None:
    assert parse_bytes(text) == expected
