import gzip
import io
import random
import tracemalloc
from collections.abc import Iterator

import pytest
from partitioning.errors import BrokenGzipError
from partitioning.parse.gunzip import BLOCK_BYTES, gunzip

TEXT = b"".join(b'{"number":%d}\n' % number for number in range(2000))


def read_all(data: bytes) -> bytes:
    return b"".join(gunzip(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("about", "data", "expected"),
    [
        ("one member", gzip.compress(TEXT), TEXT),
        ("an empty text", gzip.compress(b""), b""),
        ("several members", gzip.compress(TEXT) + gzip.compress(b"") + gzip.compress(b"end"), TEXT + b"end"),
        ("padding with zeros", gzip.compress(TEXT) + bytes(2000), TEXT),
        ("padding over more than a block", gzip.compress(TEXT) + bytes(BLOCK_BYTES + 5), TEXT),
        ("padding between members", gzip.compress(b"a") + bytes(9) + gzip.compress(b"b"), b"ab"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_reads(about: str, data: bytes, expected: bytes) -> None:
    assert read_all(data) == expected


@pytest.mark.parametrize("size", [BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES])
def test_reads_what_ends_near_the_end_of_a_block(size: int) -> None:
    for data in (b"x" * size, random.Random(2).randbytes(size)):
        assert read_all(gzip.compress(data, 1)) == data


def test_every_cut_is_told_and_what_came_before_it_is_given() -> None:
    data = gzip.compress(TEXT)
    for length in [*range(40), *range(40, len(data), 97), len(data) - 1]:
        given = b""
        with pytest.raises(BrokenGzipError) as caught:
            for block in gunzip(io.BytesIO(data[:length])):
                given += block
        assert caught.value.reason == "truncated_gzip", length
        assert TEXT.startswith(given)


@pytest.mark.parametrize(
    ("about", "data"),
    [
        ("no gzip at all", b'{"a":1}\n'),
        ("something else after it", gzip.compress(TEXT) + b"more"),
        ("a wrong checksum", gzip.compress(TEXT)[:-8] + bytes(8)),
        (
            "a byte changed in the middle",
            gzip.compress(TEXT)[:300] + b"\xff\xff\xff" + gzip.compress(TEXT)[303:],
        ),
    ],
)
def test_damage_is_told(about: str, data: bytes) -> None:
    with pytest.raises(BrokenGzipError) as caught:
        read_all(data)
    assert caught.value.reason == "broken_gzip"


def test_a_stream_that_unpacks_to_much_is_given_in_small_blocks() -> None:
    packed = gzip.compress(bytes(64 << 20))
    tracemalloc.start()
    try:
        assert sum(len(block) for block in measured(packed)) == 64 << 20
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def measured(packed: bytes) -> Iterator[bytes]:
    for block in gunzip(io.BytesIO(packed)):
        assert len(block) <= BLOCK_BYTES
        yield block
