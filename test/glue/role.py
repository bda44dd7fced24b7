"""The job's role with no action more than it needs, on the local AWS, where IAM is enforced."""

import itertools
import json
from typing import Any

from project import REGION
from world import World

ACCOUNT = "000000000000"
names = itertools.count(1)


def needed(world: World) -> dict[str, tuple[str, str]]:
    """What for → (action, resource)."""
    staging, curated = f"arn:aws:s3:::{world.staging}", f"arn:aws:s3:::{world.curated}"
    ledger = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{world.ledger}"
    return {
        "read the manifest": ("s3:GetObject", f"{staging}/loads/*"),
        "check the lease": ("dynamodb:GetItem", ledger),
        "read raw objects": ("s3:GetObjectVersion", f"{staging}/raw/*"),
        "keep what does not fit": ("s3:PutObject", f"{staging}/quarantine/*"),
        "read files": ("s3:GetObject", f"{curated}/*"),
        "write files": ("s3:PutObject", f"{curated}/*"),
        "tell an absent file from a forbidden one": ("s3:ListBucket", curated),
        "write the report": ("s3:PutObject", f"{staging}/loads/*"),
    }


def assume_role(world: World, *, without: str | None = None) -> dict[str, str]:
    """The environment of a process in that role."""
    iam, sts = world.aws.client("iam"), world.aws.client("sts")
    name = f"job-{next(names)}"
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
    }
    allowed = [grant for what, grant in needed(world).items() if what != without]
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in allowed]
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy([trust]))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="job", PolicyDocument=policy(statements))
    given = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
