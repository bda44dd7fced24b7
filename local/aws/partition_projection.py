"""Which files of a table Athena would find: those in folders that its partition projection can produce.

No part of MiniStack is imported here.
"""

import re
from typing import Any

Table = dict[str, Any]


class ProjectionError(ValueError):
    """A projection that Athena, or this local one, cannot use."""


def projected(table: Table, uris: list[str]) -> list[str]:
    """The addresses that a query reads; the others are passed over in silence, as on AWS."""
    names = [key["Name"] for key in table.get("PartitionKeys") or []]
    parameters = table.get("Parameters") or {}
    default = table["StorageDescriptor"]["Location"].rstrip("/") + "".join(
        f"/{name}=${{{name}}}" for name in names
    )
    folder = _folder(parameters.get("storage.location.template", default), names)
    values = {name: _Values(name, parameters) for name in names}

    def reached(uri: str) -> bool:
        match = folder.match(uri)
        return bool(match) and all(values[name].include(match[name]) for name in names)

    return [uri for uri in uris if reached(uri)]


def _folder(template: str, names: list[str]) -> re.Pattern[str]:
    """The start of an address. Athena takes any template; here values come from `name=value` folders only."""
    expression = re.escape(template.rstrip("/") + "/")
    for name in names:
        placeholder = re.escape(f"{name}=${{{name}}}")
        if placeholder not in expression:
            raise ProjectionError(
                f"storage.location.template {template}: the local AWS needs a folder {name}=${{{name}}}"
            )
        expression = expression.replace(placeholder, f"{re.escape(name)}=(?P<{name}>[^/]+)")
    return re.compile(expression)


class _Values:
    """The values of one partition column."""

    def __init__(self, name: str, parameters: dict[str, str]) -> None:
        self._kind = parameters.get(f"projection.{name}.type")
        if self._kind == "integer":
            self._low, self._high = map(int, self._required(parameters, name, "range").split(","))
            self._step = int(parameters.get(f"projection.{name}.interval", "1"))
            self._digits = int(parameters.get(f"projection.{name}.digits", "0"))
        elif self._kind == "enum":
            self._all = self._required(parameters, name, "values").split(",")
        elif self._kind != "injected":
            raise ProjectionError(
                f"projection.{name}.type {self._kind}: the local AWS has integer, enum and injected"
            )

    def include(self, text: str) -> bool:
        if self._kind == "enum":
            return text in self._all
        if self._kind == "injected":
            return True
        if not re.fullmatch(r"-?\d+", text):
            return False
        number = int(text)
        inside = self._low <= number <= self._high and (number - self._low) % self._step == 0
        # Athena looks only into the folder that it would write itself: 07 with two digits, 7 without.
        return inside and text == str(number).zfill(self._digits)

    @staticmethod
    def _required(parameters: dict[str, str], name: str, what: str) -> str:
        try:
            return parameters[f"projection.{name}.{what}"]
        except KeyError as error:
            raise ProjectionError(f"projection.{name}.{what} is missing") from error
