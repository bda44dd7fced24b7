"""A connection over the loopback counts as an encrypted one.

The template's policies refuse plain HTTP, as they must on AWS. Here there is nothing else: they would shut
everyone out, services that deliver to a queue included.
"""

from typing import Any

from ministack.core import iam_evaluator as iam

from .rebind import rebind

SECURE_TRANSPORT = "aws:securetransport"


def extend_transport() -> None:
    rebind(iam, "_resolve_condition_key", _resolve_as_secure)


def _resolve_as_secure(resolve: Any) -> Any:
    def resolve_condition_key(key: str, context: iam.EvalContext) -> Any:
        return "true" if key.lower() == SECURE_TRANSPORT else resolve(key, context)

    return resolve_condition_key
