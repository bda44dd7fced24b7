"""CloudFormation keeps what MiniStack drops, refuses what AWS refuses, and takes types that it lacks."""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import glue, s3, scheduler
from ministack.services.cloudformation import provisioners

from .glue_jobs import keep_properties
from .rebind import original, rebind_handler

Properties = dict[str, Any]
Result = tuple[str, dict[str, Any]]

_handlers: dict[str, dict[str, Any]] = original(provisioners, "_RESOURCE_HANDLERS")
_physical_name = original(provisioners, "_physical_name")
_glue_call = original(provisioners, "_glue_call")
# Stack resources that have no behaviour here: "type/id" → properties.
_stored = AccountRegionScopedDict()


def extend_cloudformation() -> None:
    rebind_handler(
        _handlers, "AWS::Glue::Job", "create", creating(lambda name, props: keep_properties(name, props))
    )
    rebind_handler(
        _handlers, "AWS::Glue::Job", "update", updating(lambda name, props: keep_properties(name, props))
    )
    rebind_handler(_handlers, "AWS::Scheduler::Schedule", "create", lambda _: create_schedule)
    rebind_handler(_handlers, "AWS::Scheduler::Schedule", "update", lambda _: update_schedule)
    rebind_handler(_handlers, "AWS::Lambda::Function", "create", with_code(1))
    rebind_handler(_handlers, "AWS::Lambda::Function", "update", with_code(2))
    rebind_handler(_handlers, "AWS::S3::Bucket", "delete", deleting_bucket)
    store_only("AWS::Athena::NamedQuery", None, lambda name: {"NamedQueryId": name})
    store_only("AWS::CloudWatch::CompositeAlarm", "AlarmName")
    store_only("AWS::CodePipeline::Pipeline", "Name", lambda _: {"Version": "1"})
    store_only("AWS::Logs::QueryDefinition", None)
    _handlers.setdefault(
        "AWS::Glue::SecurityConfiguration",
        {"create": create_security_configuration, "delete": delete_security_configuration},
    )


def creating(then: Callable[[str, Properties], None]) -> Callable[[Any], Any]:
    def wrap(create: Any) -> Any:
        def create_then(logical_id: str, props: Properties, stack: str) -> Result:
            result = create(logical_id, props, stack)
            then(result[0], props)
            return result

        return create_then

    return wrap


def updating(then: Callable[[str, Properties], None]) -> Callable[[Any], Any]:
    def wrap(update: Any) -> Any:
        def update_then(
            name: str, old: Properties, new: Properties, stack: str, logical_id: str | None = None
        ) -> Result:
            result = update(name, old, new, stack, logical_id)
            then(result[0], new)
            return result

        return update_then

    return wrap


def create_schedule(logical_id: str, props: Properties, stack: str) -> Result:
    name = props.get("Name") or _physical_name(stack, logical_id, max_len=64)
    require(scheduler._create_schedule(name, props))
    return name, {"Arn": scheduler._schedule_arn(props.get("GroupName", "default"), name)}


def update_schedule(name: str, old: Properties, new: Properties, stack: str) -> Result:
    group = new.get("GroupName", "default")
    if new.get("Name", name) != name or group != old.get("GroupName", "default"):
        return create_schedule(name, new, stack)
    require(scheduler._update_schedule(name, new))
    return name, {"Arn": scheduler._schedule_arn(group, name)}


def with_code(position: int) -> Callable[[Any], Any]:
    """`position` of the new properties among the handler's arguments."""

    def wrap(handler: Any) -> Any:
        def checked(*args: Any, **kwargs: Any) -> Result:
            code = args[position].get("Code") or {}
            bucket, key = code.get("S3Bucket"), code.get("S3Key")
            if bucket and s3._get_object_data(bucket, key, code.get("S3ObjectVersion")) is None:
                missing = "NoSuchKey" if bucket in s3._buckets else "NoSuchBucket"
                raise ValueError(f"Error occurred while GetObject. S3 Error Code: {missing} ({bucket}/{key})")
            return handler(*args, **kwargs)

        return checked

    return wrap


def deleting_bucket(forget: Any) -> Any:
    def delete(name: str, props: Properties) -> None:
        if name in s3._buckets:
            require(s3._delete_bucket(name))
        forget(name, props)

    return delete


def store_only(
    kind: str, name_property: str | None, attributes: Callable[[str], dict[str, Any]] = lambda _: {}
) -> None:
    """A type that a later MiniStack knows itself is left to it."""

    def create(logical_id: str, props: Properties, stack: str) -> Result:
        given = props.get(name_property) if name_property else None
        name = given or _physical_name(stack, logical_id)
        _stored[f"{kind}/{name}"] = props
        return name, attributes(name)

    def update(name: str, old: Properties, new: Properties, stack: str) -> Result:
        _stored[f"{kind}/{name}"] = new
        return name, attributes(name)

    def delete(name: str, props: Properties) -> None:
        _stored.pop(f"{kind}/{name}", None)

    _handlers.setdefault(kind, {"create": create, "update": update, "delete": delete})


def create_security_configuration(logical_id: str, props: Properties, stack: str) -> Result:
    name = props.get("Name") or _physical_name(stack, logical_id)
    request = {"Name": name, "EncryptionConfiguration": props.get("EncryptionConfiguration", {})}
    _glue_call(glue._create_security_configuration, request, "AWS::Glue::SecurityConfiguration", "create")
    return name, {}


def delete_security_configuration(name: str, props: Properties) -> None:
    glue._delete_security_configuration({"Name": name})


def require(response: tuple[int, Any, bytes]) -> None:
    """Handlers of MiniStack ignore a refusal of the service; here it fails the stack resource, as on AWS."""
    status, _, body = response
    if status >= 300:
        raise ValueError(body.decode("utf-8", "replace"))
