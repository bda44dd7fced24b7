import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest
from partitioning.errors import BrokenGzipError
from partitioning.parse import read_lines as module
from partitioning.parse.read_lines import BadLine, Line, read_lines

CASES = json.loads(Path(__file__).with_name("line-cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_line_case(case: dict[str, Any]) -> None:
    encoded = map(base64.b64decode, case.get("blocks_base64", []))
    blocks = [*encoded, *(block.encode() for block in case.get("blocks", []))]
    assert [written(line) for line in read_lines(blocks)] == case["lines"]


def written(line: Line | BadLine) -> list[Any]:
    if isinstance(line, Line):
        return [line.number, line.text.decode()]
    return [line.number, line.reason, line.detail]


def test_a_bad_line_is_kept_byte_by_byte() -> None:
    (line,) = read_lines([b'{"a":"\xff\r\x01"}\n'])
    assert isinstance(line, BadLine)
    assert line.record == b'{"a":"\xff\r\x01"}'


@pytest.mark.parametrize("ends", [b"\n{}\n", b""])
def test_a_line_too_long_is_named_with_its_length_and_kept_in_part(
    monkeypatch: pytest.MonkeyPatch, ends: bytes
) -> None:
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 100)
    monkeypatch.setattr(module, "KEPT_BYTES", 10)
    text = b"".join(b"%d," % number for number in range(1000))
    expected = [
        BadLine(
            0, "line_too_long", f"{len(text)} bytes, more than 100; the first 10 are kept here", text[:10]
        )
    ]
    if ends:
        expected.append(Line(1, b"{}"))
    for size in (1, 7, 99, 100, 101, 5000):
        data = text + ends
        assert list(read_lines(data[at : at + size] for at in range(0, len(data), size))) == expected


def test_a_line_of_exactly_the_largest_size_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 100)
    assert list(read_lines([b"x" * 100 + b"\n"])) == [Line(0, b"x" * 100)]
    (line,) = read_lines([b"x" * 101 + b"\n"])
    assert isinstance(line, BadLine)


def test_how_the_bytes_are_cut_into_blocks_changes_nothing() -> None:
    dice = random.Random(1)
    for _ in range(300):
        data = bytes(dice.choices([*b'{}" \t\r\n\n\n\x01', 0xC3, 0xBC, 0xFF], k=dice.randrange(60)))
        cuts = sorted(dice.randrange(len(data) + 1) for _ in range(dice.randrange(8)))
        blocks = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        assert list(read_lines(blocks)) == list(read_lines([data])), data


def test_what_a_broken_stream_gave_before_is_kept_and_its_rest_is_one_bad_line() -> None:
    def blocks() -> Any:
        yield b'{"a":1}\n{"a":'
        raise BrokenGzipError("truncated_gzip", "the end is missing")

    assert list(read_lines(blocks())) == [
        Line(0, b'{"a":1}'),
        BadLine(1, "truncated_gzip", "the end is missing", b'{"a":'),
    ]
