"""EventBridge and its Scheduler invoke functions as on AWS: asynchronously, with retries and OnFailure."""

import json
import logging
from typing import Any

from ministack.services import eventbridge, lambda_svc

from .rebind import original, rebind

logger = logging.getLogger("eventbridge")

_get_func_record_for_ref = original(lambda_svc, "_get_func_record_for_ref")
_execution_record_for_config = original(lambda_svc, "_execution_record_for_config")
_invoke_async_with_retry = original(lambda_svc, "invoke_async_with_retry")


def invoke_function(arn: str, payload: str) -> bool:
    """False when there is no such function."""
    function, config, _ = _get_func_record_for_ref(arn)
    if not function or not config:
        return False
    _invoke_async_with_retry(_execution_record_for_config(function, config), json.loads(payload))
    return True


def extend_event_rules() -> None:
    """MiniStack invokes the functions of rules once, whatever their EventInvokeConfig says."""

    def dispatch_to_lambda(_: Any) -> Any:
        def dispatch(arn: str, payload: str) -> None:
            if not invoke_function(arn, payload):
                logger.error("%s: no such function", arn)

        return dispatch

    rebind(eventbridge, "_dispatch_to_lambda", dispatch_to_lambda)
