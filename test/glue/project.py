"""Where things are, and what is run to get at them."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
NODE = PROJECT / "node_modules/.bin/node"
GLUE = PROJECT / "glue"
GLUE_PYTHON = os.environ.get("CATCHWATER_PYTHON_GLUE", str(PROJECT / ".catchwater/python/glue/bin/python"))
AWS_PYTHON = os.environ.get("CATCHWATER_PYTHON_AWS", str(PROJECT / ".catchwater/python/aws/bin/python"))
REGION = "eu-central-1"


def compile_tables(*definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """Table definitions → table specs, by the compiler of the product."""
    complete = [{**TABLE_DEFAULTS, **definition} for definition in definitions]
    script = str(Path(__file__).with_name("compile-tables.ts"))
    done = subprocess.run(
        [NODE, script], input=json.dumps(complete), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def compile_golden(folder: Path) -> list[dict[str, Any]]:
    script = str(PROJECT / "test/support/compile-golden.ts")
    done = subprocess.run([NODE, script, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


TABLE_DEFAULTS: dict[str, Any] = {
    "data_selector": "$",
    "shape": "list",
    "primary_key": [],
    "partition_by": "none",
    "first_year": 2000,
    "files_per_partition": 1,
    "order_by": [],
}
