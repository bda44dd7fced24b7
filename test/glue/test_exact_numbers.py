import json
import random
from typing import Any

import pytest
from partitioning.parse.exact_numbers import exact_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"price":1.10}', '{"price":"1.10"}'),
        ('{"price" : -0.1234567890123456789 }', '{"price" : "-0.1234567890123456789" }'),
        ('{"price":12345678901234567890}', '{"price":"12345678901234567890"}'),
        ('{"price":1.5E+300,"x":1}', '{"price":"1.5E+300","x":1}'),
        ('{"price":0}', '{"price":"0"}'),
        ('{"price":"1.10"}', '{"price":"1.10"}'),
        ('{"price":null,"a":[{"price":2.50}]}', '{"price":null,"a":[{"price":"2.50"}]}'),
        ('{"price":true}', '{"price":true}'),
        ('{"price":[1.10,null, 2.20 ,"3.30"]}', '{"price":["1.10",null, "2.20" ,"3.30"]}'),
        ('{"price":[[1.10],[2.20,[3.30]]]}', '{"price":[["1.10"],["2.20",["3.30"]]]}'),
        ('{"price":["a,1.5]",1.5]}', '{"price":["a,1.5]","1.5"]}'),
        ('{"price":["\\"1.5",1.5]}', '{"price":["\\"1.5","1.5"]}'),
        ('{"price":[]}', '{"price":[]}'),
        ('{"price":[{"amount":1.10},{"price":2.20}]}', '{"price":[{"amount":1.10},{"price":"2.20"}]}'),
        ('{"price":{"price":1.10}}', '{"price":{"price":"1.10"}}'),
        ('{"other":1.10}', '{"other":1.10}'),
        ('{"prices":1.10,"xprice":1.20,"Price":1.30}', '{"prices":1.10,"xprice":1.20,"Price":1.30}'),
        ('["price",1.10]', '["price",1.10]'),
        # Inside a text it is text.
        ('{"note":"\\"price\\":1.10"}', '{"note":"\\"price\\":1.10"}'),
        ('{"note":"say \\"price","n":1.10}', '{"note":"say \\"price","n":1.10}'),
        ('{"a \\"price":1.10}', '{"a \\"price":1.10}'),
        ('{"note":"\\\\","price":1.10}', '{"note":"\\\\","price":"1.10"}'),
        # However the name is written.
        ('{"\\u0070r\\u0069ce":1.10}', '{"\\u0070r\\u0069ce":"1.10"}'),
        # No JSON stays no JSON.
        ('{"price":1.5.2}', '{"price":"1.5".2}'),
        ('{"price":[1.5', '{"price":[1.5'),
    ],
)
def test_quotes_the_numbers_of_exact_fields_alone(text: str, expected: str) -> None:
    quote = exact_numbers(["price"])
    assert quote
    assert quote(b'{"price":1.10,"body":' + text.encode()).decode() == '{"price":1.10,"body":' + expected


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("größe", '"größe"'),
        ("größe", '"gr\\u00F6\\u00dfe"'),
        ("a/b", '"a\\/b"'),
        ('say "hi"', '"say \\"hi\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("tab\t", '"tab\\t"'),
        ("😀", '"\\ud83d\\ude00"'),
        ("a.b*[0]", '"a.b*[0]"'),
    ],
)
def test_a_name_may_hold_any_character_escaped_or_not(name: str, written: str) -> None:
    quote = exact_numbers(["other", name])
    assert quote
    line, expected = (f'{{"body":{{{written}:{number},"x":2.50}}}}' for number in ("1.50", '"1.50"'))
    assert quote(line.encode()).decode() == expected


def test_without_exact_fields_there_is_nothing_to_do() -> None:
    assert exact_numbers([]) is None


def test_only_numbers_of_exact_fields_change_in_any_document() -> None:
    dice = random.Random(3)
    quote = exact_numbers(["price", 'a"b'])
    assert quote
    for _ in range(2000):
        document = random_value(dice, 4)
        text = json.dumps(
            {"body": document}, ensure_ascii=dice.random() < 0.5, separators=dice.choice([None, (",", ":")])
        )
        assert json.loads(quote(text.encode())) == {"body": quoted(document, False)}, text


def quoted(value: Any, exact: bool) -> Any:
    if isinstance(value, dict):
        return {name: quoted(one, name in ("price", 'a"b')) for name, one in value.items()}
    if isinstance(value, list):
        # A list that holds objects is no list of numbers.
        plain = exact and not holds_object(value)
        return [quoted(one, plain) for one in value]
    return str(value) if exact and type(value) is int else value


def holds_object(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(map(holds_object, value)))


def random_value(dice: random.Random, depth: int) -> Any:
    texts = ["price", 'a"b', '"price": 1', 'price":1', "\\", '\\"', ",", ":1", "[1]", "ü", ""]
    if depth == 0 or dice.random() < 0.4:
        return dice.choice([None, True, dice.randrange(-99, 99), dice.choice(texts)])
    count = dice.randrange(4)
    if dice.random() < 0.5:
        # Deeper lists than this are left alone.
        return [random_value(dice, min(depth - 1, 2)) for _ in range(count)]
    return {dice.choice(texts): random_value(dice, depth - 1) for _ in range(count)}
