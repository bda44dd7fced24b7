"""What tap-rest-api-msdk does with the API of the benchmarks: `read_tap.py ADDRESS` prints one JSON line.

It follows the pages and writes its records to standard output, as a tap does; here they are counted.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    config = {
        "api_url": sys.argv[1],
        "pagination_request_style": "jsonpath_paginator",
        "next_page_token_path": "$.next_page",
        "streams": [
            {
                "name": "pages",
                "path": "/bodies",
                "records_path": "$.data[*]",
                "primary_keys": ["id"],
                "num_inference_records": 50,
            }
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.json"
        path.write_text(json.dumps(config))
        tap = str(Path(sys.executable).parent / "tap-rest-api-msdk")
        began = time.perf_counter()
        process = subprocess.Popen(
            [tap, "--config", str(path)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout is not None
        records = sum(1 for line in process.stdout if line.startswith(b'{"type":"RECORD"'))
        code = process.wait()
        seconds = time.perf_counter() - began
    if code != 0:
        raise SystemExit(f"the tap ended with {code}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(json.dumps({"records": records, "seconds": seconds, "peakBytes": peak}))


main()
