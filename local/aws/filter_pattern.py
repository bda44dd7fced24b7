"""JSON filter patterns of CloudWatch Logs: `{ ($.event = "load failed" && $.rows > 0) || $.level = ERR* }`.

No part of MiniStack is imported here.
"""

import json
import re
from collections.abc import Callable
from typing import Any

Test = Callable[[Any], bool]

TOKEN = re.compile(
    r"""\s*(?:
      (?P<selector>\$(?:\.[\w-]+|\['[^']+'\]|\[\d+\])+) |
      (?P<operator>&&|\|\||!=|>=|<=|=|>|<|\(|\)) |
      (?P<string>"(?:[^"\\]|\\.)*") |
      (?P<regex>%[^%]*%) |
      (?P<word>[^\s()&|=<>!"]+)
    )""",
    re.VERBOSE,
)
STEP = re.compile(r"\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
}
ABSENT = object()


class PatternError(ValueError):
    """Not a pattern that CloudWatch Logs takes."""


def parse_pattern(pattern: str) -> Callable[[str], bool]:
    """A test of a log message. A message that is not a JSON object never matches."""
    text = pattern.strip()
    if not (text.startswith("{") and text.endswith("}")):
        raise PatternError(f"Invalid metric filter pattern: {pattern}")
    parser = _Parser(pattern, _tokens(text[1:-1], pattern))
    test = parser.any_of()
    parser.expect_end()

    def matches(message: str) -> bool:
        try:
            value = json.loads(message)
        except ValueError:
            return False
        return isinstance(value, dict) and test(value)

    return matches


def select(value: Any, selector: str) -> Any:
    """What the selector, such as `$.receipt.rows`, names in the value; ABSENT when it names nothing."""
    for name, quoted, index in STEP.findall(selector):
        if index:
            inside = isinstance(value, list) and int(index) < len(value)
            value = value[int(index)] if inside else ABSENT
        else:
            value = value.get(name or quoted, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def _tokens(text: str, pattern: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        if not match or match.lastgroup is None:
            raise PatternError(f"Invalid metric filter pattern: {pattern}")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


class _Parser:
    """any_of := all_of ("||" all_of)* · all_of := term ("&&" term)* · term := "(" any_of ")" | comparison"""

    def __init__(self, pattern: str, tokens: list[tuple[str, str]]) -> None:
        self._pattern, self._tokens = pattern, tokens

    def any_of(self) -> Test:
        tests = [self._all_of()]
        while self._take("operator", "||"):
            tests.append(self._all_of())
        return lambda value: any(test(value) for test in tests)

    def expect_end(self) -> None:
        if self._tokens:
            self._fail()

    def _all_of(self) -> Test:
        tests = [self._term()]
        while self._take("operator", "&&"):
            tests.append(self._term())
        return lambda value: all(test(value) for test in tests)

    def _term(self) -> Test:
        if self._take("operator", "("):
            test = self.any_of()
            if not self._take("operator", ")"):
                self._fail()
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        selector = self._next("selector")
        if self._take("word", "NOT"):
            if not self._take("word", "EXISTS"):
                self._fail()
            return lambda value: select(value, selector) is ABSENT
        if self._take("word", "EXISTS"):
            return lambda value: select(value, selector) is not ABSENT
        if self._take("word", "IS"):
            wanted = {"TRUE": True, "FALSE": False, "NULL": None}
            word = self._next("word")
            if word not in wanted:
                self._fail()
            return lambda value: select(value, selector) is wanted[word]
        operator = self._next("operator")
        if operator not in COMPARE or not self._tokens:
            self._fail()
        kind, literal = self._tokens.pop(0)
        if kind not in ("string", "word", "regex"):
            self._fail()
        return _compare(selector, operator, kind, literal, self._fail)

    def _take(self, kind: str, text: str) -> bool:
        found = bool(self._tokens) and self._tokens[0] == (kind, text)
        if found:
            self._tokens.pop(0)
        return found

    def _next(self, kind: str) -> str:
        if not self._tokens or self._tokens[0][0] != kind:
            self._fail()
        return self._tokens.pop(0)[1]

    def _fail(self) -> None:
        raise PatternError(f"Invalid metric filter pattern: {self._pattern}")


def _compare(selector: str, operator: str, kind: str, literal: str, fail: Callable[[], None]) -> Test:
    if kind == "word" and NUMBER.fullmatch(literal):
        number = float(literal)

        def numbers(value: Any) -> bool:
            found = select(value, selector)
            return type(found) in (int, float) and COMPARE[operator](found, number)

        return numbers
    if operator not in ("=", "!="):
        fail()
    expression = (
        literal[1:-1] if kind == "regex" else _wildcards(json.loads(literal) if kind == "string" else literal)
    )
    compiled, whole = re.compile(expression, re.DOTALL), kind != "regex"

    def texts(value: Any) -> bool:
        found = select(value, selector)
        if found is ABSENT or isinstance(found, dict | list):
            return False
        text = found if isinstance(found, str) else json.dumps(found)
        matched = compiled.fullmatch(text) if whole else compiled.search(text)
        return bool(matched) == (operator == "=")

    return texts


def _wildcards(text: str) -> str:
    return ".*".join(map(re.escape, text.split("*")))
