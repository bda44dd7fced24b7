"""What services may do for one another. MiniStack checks the callers of its API; these calls nobody makes.

A permission that is missing here is missing on AWS too, where it shows as silence; here it is logged.
"""

import logging
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import cloudwatch, cloudwatch_logs, eventbridge, lambda_svc, sns, sqs
from ministack.services.cloudformation import provisioners

from .permissions import function_admits, role_allows
from .rebind import original, rebind, rebind_handler

logger = logging.getLogger("permissions")

POLLING = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
SENDING = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}


def extend_permissions() -> None:
    rebind(eventbridge, "_invoke_target", rule_target)
    rebind(lambda_svc, "_create_esm", queue_polling)
    rebind(lambda_svc, "_route_async_failure", failure_destination)
    rebind(lambda_svc, "_emit_lambda_logs", function_logs)
    rebind(cloudwatch, "_dispatch_alarm_actions", alarm_actions)
    handlers = original(provisioners, "_RESOURCE_HANDLERS")
    rebind_handler(handlers, "AWS::Lambda::EventSourceMapping", "create", stack_queue_polling)


def rule_target(invoke: Any) -> Any:
    """The target's own policy must admit EventBridge."""

    def invoke_admitted(
        target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
    ) -> None:
        arn, source, service = target.get("Arn", ""), rule.get("Arn", ""), "events.amazonaws.com"
        kind = arn.split(":")[2] if arn.count(":") > 4 else ""
        admits = {
            "lambda": lambda: function_admits(arn, service, source),
            "sqs": lambda: sqs.queue_policy_allows(arn, service, source, get_account_id()),
            "sns": lambda: sns.topic_policy_allows(arn, service, source, get_account_id()),
        }
        if kind in admits and not admits[kind]():
            logger.error("%s does not admit %s from %s", arn, service, source)
            return
        invoke(target, event, rule, view)

    return invoke_admitted


def queue_polling(create: Any) -> Any:
    def create_permitted(request: dict[str, Any]) -> Any:
        problem = missing_polling(request.get("FunctionName", ""), request.get("EventSourceArn", ""))
        return (
            error_response_json("InvalidParameterValueException", problem, 400)
            if problem
            else create(request)
        )

    return create_permitted


def stack_queue_polling(create: Any) -> Any:
    def create_permitted(logical_id: str, props: dict[str, Any], stack: str) -> Any:
        problem = missing_polling(props.get("FunctionName", ""), props.get("EventSourceArn", ""))
        if problem:
            raise ValueError(problem)
        return create(logical_id, props, stack)

    return create_permitted


def missing_polling(function: str, queue: str) -> str | None:
    _, config, _ = lambda_svc._get_func_record_for_ref(function)
    if not config or ":sqs:" not in queue:
        return None
    for action in POLLING:
        if not role_allows(config["Role"], f"sqs:{action}", queue):
            return f"The provided execution role does not have permissions to call {action} on SQS"
    return None


def failure_destination(route: Any) -> Any:
    def route_permitted(target: str, function: str, event: Any, result: dict[str, Any]) -> None:
        role = lambda_svc._functions[function]["config"]["Role"]
        action = SENDING.get(target.split(":")[2] if target.count(":") > 4 else "")
        if action and not role_allows(role, action, target):
            logger.error("%s may not %s on %s: a failed event of %s is lost", role, action, target, function)
            return
        route(target, function, event, result)

    return route_permitted


def function_logs(emit: Any) -> Any:
    def emit_permitted(function: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        config = function.get("config") or function
        name, role = config.get("FunctionName", ""), config.get("Role", "")
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
        arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}"
        needed = [
            (action, f"{arn}:log-stream:any") for action in ("logs:CreateLogStream", "logs:PutLogEvents")
        ]
        if group not in cloudwatch_logs._log_groups:
            needed.append(("logs:CreateLogGroup", arn))
        for action, resource in needed:
            if not role_allows(role, action, resource):
                logger.error("%s may not %s on %s: %s has no logs", role, action, group, name)
                return
        emit(function, *args, **kwargs)

    return emit_permitted


def alarm_actions(dispatch: Any) -> Any:
    """Topics of the alarm that admit CloudWatch; a topic without a policy of its own does."""

    def dispatch_admitted(alarm: dict[str, Any], *args: Any) -> None:
        kept = dict(alarm)
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            kept[name] = [
                arn for arn in alarm.get(name) or [] if admits_alarm(arn, alarm.get("AlarmArn", ""))
            ]
        dispatch(kept, *args)

    return dispatch_admitted


def admits_alarm(arn: str, alarm: str) -> bool:
    if ":sns:" not in arn or sns.topic_policy_allows(
        arn, "cloudwatch.amazonaws.com", alarm, get_account_id()
    ):
        return True
    logger.error("%s does not admit cloudwatch.amazonaws.com from %s", arn, alarm)
    return False
