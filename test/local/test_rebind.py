"""A name of MiniStack that has moved is noticed at the start."""

from types import ModuleType

import pytest
from aws.rebind import MovedError, original, rebind, rebind_handler

module = ModuleType("ministack.somewhere")
module.answer = lambda: 41  # type: ignore[attr-defined]


def test_a_name_is_replaced_by_what_is_made_of_it() -> None:
    rebind(module, "answer", lambda before: lambda: before() + 1)
    assert module.answer() == 42


def test_a_name_that_is_gone_is_an_error_that_says_where() -> None:
    with pytest.raises(MovedError, match=r"ministack\.somewhere\.gone does not exist .*requirements\.in"):
        rebind(module, "gone", lambda before: before)
    with pytest.raises(MovedError):
        original(module, "gone")


def test_a_handler_that_is_gone_is_an_error() -> None:
    with pytest.raises(MovedError, match="delete a AWS::S3::Bucket"):
        rebind_handler({"AWS::S3::Bucket": {}}, "AWS::S3::Bucket", "delete", lambda before: before)
