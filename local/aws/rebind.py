"""Replaces a name in a module or class of MiniStack, and fails at start when a new release has moved it."""

from collections.abc import Callable
from types import ModuleType
from typing import Any


class MovedError(RuntimeError):
    """A name that we replace is no longer where it was."""


def original(module: ModuleType | type, name: str) -> Any:
    """The value of `module.name`, or a MovedError that says what to look at."""
    try:
        return getattr(module, name)
    except AttributeError as error:
        raise MovedError(
            f"{module.__name__}.{name} does not exist in this MiniStack: "
            "install the version pinned in local/aws/requirements.in, or adapt local/aws"
        ) from error


def rebind(module: ModuleType | type, name: str, make: Callable[[Any], Any]) -> None:
    """Sets `module.name` to what `make` returns for its present value."""
    setattr(module, name, make(original(module, name)))


def rebind_handler(
    handlers: dict[str, dict[str, Any]], kind: str, action: str, make: Callable[[Any], Any]
) -> None:
    """The same for an entry of CloudFormation's table of stack resource types."""
    try:
        handler = handlers[kind][action]
    except KeyError as error:
        raise MovedError(
            f"this MiniStack has no CloudFormation handler to {action} a {kind}: adapt local/aws"
        ) from error
    handlers[kind][action] = make(handler)
