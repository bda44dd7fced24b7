"""Asks MiniStack's IAM evaluator what a service may do on someone's behalf; it checks only callers itself."""

from typing import Any

from ministack.core import iam_evaluator as iam
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam as iam_service
from ministack.services import lambda_svc

from .rebind import original

_gather_role_policies = original(iam, "_gather_role_policies")
_permissions_boundary = original(iam, "_permissions_boundary")


def find_role(role: str) -> dict[str, Any] | None:
    """The role of this account with that name or ARN."""
    return iam_service._roles.get(role.rsplit("/", 1)[-1])


def role_trusts(role: str, service: str) -> bool:
    """Whether the role's trust policy lets a service, such as `glue.amazonaws.com`, assume it."""
    record = find_role(role)
    if record is None:
        return False
    context = _service_context("sts:AssumeRole", "*", {"aws:sourceaccount": get_account_id()})
    policy = record.get("AssumeRolePolicyDocument", "{}")
    return iam.evaluate_resource_policy(policy, context, service=service).decision == "Allow"


def role_allows(role: str, action: str, resource: str) -> bool:
    """Whether the role's own policies, and its boundary, allow an action on a resource."""
    name, account = role.rsplit("/", 1)[-1], get_account_id()
    context = iam.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{name}/local-aws",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
    )
    limits = _permissions_boundary(iam_service._roles, name, account)
    return iam.evaluate(context, _gather_role_policies(name, account), *limits).decision == "Allow"


def function_admits(function_arn: str, service: str, source_arn: str) -> bool:
    """Whether the function's own policy (AWS::Lambda::Permission) lets a service invoke it for a source."""
    found = lambda_svc.function_policy_for_arn(function_arn)
    if found is None:
        return False
    conditions = {"aws:sourcearn": source_arn, "aws:sourceaccount": get_account_id()}
    context = _service_context("lambda:InvokeFunction", function_arn, conditions)
    return iam.evaluate_resource_policy(found[0], context, service=service).decision == "Allow"


def _service_context(action: str, resource: str, conditions: dict[str, str]) -> iam.EvalContext:
    # A service is no principal of the account: a grant to the account must not admit it.
    return iam.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context=conditions,
    )
