r"""Numbers whose text must survive: DuckDB's JSON would round them, so they get quotes before it (law 13).

`"price": 1.10` becomes `"price": "1.10"`, and so do the numbers of a list below such a field. In valid JSON a
quote without a backslash before it opens or closes a string, so `(?<!\\)"price"` with a colon after it is the
name of a field and never part of a text. A line that is no valid JSON stays so. What comes before the body of
the response is the fetcher's own, and stays as it is.
"""

import json
import re
from collections.abc import Callable, Iterable

NUMBER = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+"
STRING = rb'"(?:[^"\\]++|\\.)*+"'
#: Lists of lists of lists; objects in a list are left to their own fields' names.
LIST_DEPTH = 3

BODY = re.compile(rb'"body"[ \t\r]*+:')
ELEMENT = re.compile(rb"(" + STRING + rb")|" + NUMBER)


def exact_numbers(fields: Iterable[str]) -> Callable[[bytes], bytes] | None:
    """A function from a line to the line with its exact fields quoted; None when there is nothing to do."""
    names = [_name_pattern(field) for field in fields]
    if not names:
        return None
    # The quote stands first: the expression then searches for it as a plain byte.
    name = rb'"(?<!\\")(?:' + rb"|".join(names) + rb')"[ \t\r]*+:[ \t\r]*+'
    pattern = re.compile(rb"(" + name + rb")(?:(" + NUMBER + rb")|(" + _list_pattern() + rb"))")

    def quote(text: bytes) -> bytes:
        body = BODY.search(text)
        return text[: body.end()] + pattern.sub(_quoted, text[body.end() :]) if body else text

    return quote


def _quoted(match: re.Match[bytes]) -> bytes:
    name, number, numbers = match.groups()
    if number is not None:
        return name + b'"' + number + b'"'
    return name + ELEMENT.sub(lambda element: element[1] or b'"' + element[0] + b'"', numbers)


def _list_pattern() -> bytes:
    inner = rb'[^\[\]{}"]++|' + STRING
    pattern = rb"\[(?:" + inner + rb")*+\]"
    for _ in range(LIST_DEPTH - 1):
        pattern = rb"\[(?:" + inner + rb"|" + pattern + rb")*+\]"
    return pattern


def _name_pattern(field: str) -> bytes:
    """The field's name in every way that JSON may write it: any character may be escaped."""
    return b"".join(_character_pattern(character) for character in field)


def _character_pattern(character: str) -> bytes:
    units = character.encode("utf-16-be", "surrogatepass")
    codes = [units[at : at + 2].hex() for at in range(0, len(units), 2)]
    ways = {json.dumps(character)[1:-1], json.dumps(character, ensure_ascii=False)[1:-1]}
    if character == "/":
        ways.add(r"\/")
    escaped = b"".join(rb"\\u(?i:%s)" % code.encode() for code in codes)
    return rb"(?:" + rb"|".join([*(re.escape(way.encode()) for way in sorted(ways)), escaped]) + rb")"
