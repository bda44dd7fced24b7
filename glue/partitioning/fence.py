"""The fence: a load whose lease has been given to another one must not write any more (law 20)."""

from typing import Any

from .errors import JobError
from .manifest import Load


def check_fence(dynamodb: Any, load: Load) -> None:
    answer = dynamodb.get_item(
        TableName=load.ledger_table,
        Key={"pk": {"S": "LEASE"}, "sk": {"S": "LEASE"}},
        ConsistentRead=True,
    )
    lease = answer.get("Item", {})
    holder = lease.get("load", {}).get("S")
    token = lease.get("token", {}).get("N")
    if holder != load.load or token is None or int(token) != load.token:
        raise JobError(
            f"the lease is {holder or 'nobody'}'s (token {token}), not {load.load}'s (token {load.token}): "
            "stopped before writing; the load that holds it does the work"
        )
