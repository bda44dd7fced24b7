"""JSON filter patterns of CloudWatch Logs."""

import json

import pytest
from aws.filter_pattern import PatternError, parse_pattern

EVENT = {
    "event": "load failed",
    "level": "ERROR",
    "rows": 3,
    "ratio": -0.5,
    "ok": True,
    "none": None,
    "text": "3",
    "receipt": {"rows": 7, "tables": ["a", "b"]},
    "odd-name": 'say "hi"',
}


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.event = "load failed" }',
        "{$.level=ERR*}",
        '{ $.level = "*RR*" }',
        '{ $.event != "load committed" }',
        "{ $.rows = 3 }",
        "{ $.rows >= 3 && $.rows <= 3 }",
        "{ $.ratio < 0 }",
        "{ $.receipt.rows > 6.5 }",
        '{ $.receipt.tables[1] = "b" }',
        "{ $['receipt'].rows > 1 }",
        "{ $.ok IS TRUE }",
        "{ $.none IS NULL }",
        "{ $.absent NOT EXISTS }",
        "{ $.event EXISTS }",
        '{ $.odd-name = "say \\"hi\\"" }',
        "{ $.event = %^load f.*led$% }",
        '{ $.rows = 9 || $.rows = 3 && $.level = "ERROR" }',
        '{ ($.rows = 9 || $.rows = 3) && ($.level = "ERROR") }',
    ],
)
def test_a_pattern_that_matches(pattern: str) -> None:
    assert parse_pattern(pattern)(json.dumps(EVENT))


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.event = "load" }',
        '{ $.event = "LOAD FAILED" }',
        '{ $.event != "load failed" }',
        '{ $.absent != "x" }',
        "{ $.rows > 3 }",
        "{ $.text = 3 }",
        "{ $.ok = 1 }",
        "{ $.ok IS FALSE }",
        "{ $.absent IS NULL }",
        "{ $.event NOT EXISTS }",
        '{ $.receipt.tables[2] = "b" }',
        '{ ($.rows = 9 || $.rows = 3) && $.level = "INFO" }',
        '{ $.rows = 3 && $.level = "INFO" || $.rows = 9 }',
    ],
)
def test_a_pattern_that_does_not_match(pattern: str) -> None:
    assert not parse_pattern(pattern)(json.dumps(EVENT))


@pytest.mark.parametrize("message", ["", "no JSON", "[1]", '"load failed"', "{"])
def test_a_message_that_is_no_json_object_never_matches(message: str) -> None:
    assert not parse_pattern("{ $.absent NOT EXISTS }")(message)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{ }",
        "{ $.a }",
        "{ $.a = }",
        "{ $.a == 1 }",
        '{ $.a > "x" }',
        "{ $.a = 1 && }",
        "{ ($.a = 1 }",
        "{ $.a = 1) }",
        "{ $.a IS MAYBE }",
        "{ $.a NOT THERE }",
        "{ a = 1 }",
        "{ $.a = 1 $.b = 2 }",
        "$.a = 1",
    ],
)
def test_a_pattern_that_is_none(pattern: str) -> None:
    with pytest.raises(PatternError, match="Invalid metric filter pattern"):
        parse_pattern(pattern)
