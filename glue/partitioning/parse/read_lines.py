"""What a line is, byte by byte (law 12), so that DuckDB sees only lines that it can read as text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..errors import BrokenGzipError

MAX_LINE_BYTES = 16 << 20
#: What quarantine keeps of an over-long line; the raw object has all of it.
KEPT_BYTES = 64 << 10
#: Not allowed anywhere in JSON text. TAB and CR are white space there, LF ends the line.
CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r"))


@dataclass(frozen=True, slots=True)
class Line:
    #: From 0, blank lines included.
    number: int
    #: UTF-8 without line breaks or control bytes.
    text: bytes


@dataclass(frozen=True, slots=True)
class BadLine:
    number: int
    reason: str
    detail: str
    #: The line as it is; of an over-long one its beginning.
    record: bytes


def read_lines(blocks: Iterable[bytes]) -> Iterator[Line | BadLine]:
    """Split on LF alone. Blank lines are numbered but not given."""
    number, start, dropped = 0, b"", 0
    try:
        for block in blocks:
            *ends, rest = block.split(b"\n")
            for end in ends:
                text = start + end
                if text and not text.isspace():
                    yield judge_line(number, text, dropped)
                number, start, dropped = number + 1, b"", 0
            start += rest
            if len(start) > MAX_LINE_BYTES:
                dropped += len(start) - KEPT_BYTES
                start = start[:KEPT_BYTES]
    except BrokenGzipError as error:
        yield BadLine(number, error.reason, str(error), start)
        return
    if start and not start.isspace():
        yield judge_line(number, start, dropped)


def judge_line(number: int, text: bytes, dropped: int = 0) -> Line | BadLine:
    """`dropped`: bytes of the line that are not in `text`."""
    length = len(text) + dropped
    if length > MAX_LINE_BYTES:
        detail = f"{length} bytes, more than {MAX_LINE_BYTES}; the first {KEPT_BYTES} are kept here"
        return BadLine(number, "line_too_long", detail, text[:KEPT_BYTES])
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError as error:
            detail = f"byte {error.start}: 0x{text[error.start]:02x} ({error.reason})"
            return BadLine(number, "not_utf8", detail, text)
    if len(text.translate(None, CONTROLS)) != len(text):
        position = next(at for at, byte in enumerate(text) if byte in CONTROLS)
        return BadLine(number, "control_byte", f"byte {position}: 0x{text[position]:02x}", text)
    return Line(number, text.replace(b"\r", b" "))
