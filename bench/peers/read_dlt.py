"""What dlt does with the API of the benchmarks: `read_dlt.py CASE ADDRESS` prints one JSON line.

`extract` iterates the records of all pages, `items` asks for 2,000 records one by one with its own parallelism,
`whole` runs a pipeline into Parquet files.
"""

import json
import os
import resource
import sys
import tempfile
import time

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "ERROR")


def source(case: str, address: str):
    from dlt.sources.rest_api import rest_api_source

    if case == "items":
        resources = [
            {"name": "ids", "endpoint": {"path": "items", "paginator": "single_page"}, "selected": False},
            {
                "name": "items",
                "endpoint": {"path": "items/{resources.ids.id}", "paginator": "single_page"},
                "parallelized": True,
            },
        ]
    else:
        resources = [{"name": "pages", "endpoint": {"path": "pages", "paginator": "header_link"}}]
    return rest_api_source({"client": {"base_url": address}, "resources": resources})


def count(case: str, address: str, folder: str) -> int:
    import dlt

    if case == "whole":
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=f"{folder}/state",
            destination=dlt.destinations.filesystem(bucket_url=f"file://{folder}/lake"),
            dataset_name="bench",
        )
        pipeline.run(source("extract", address), loader_file_format="parquet")
        return sum(pipeline.last_trace.last_normalize_info.row_counts.get(name, 0) for name in ("pages",))
    return sum(1 for _ in source(case, address))


def main() -> None:
    case, address = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        import dlt  # noqa: F401  (imports are not what is measured)

        began = time.perf_counter()
        records = count(case, address, folder)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"records": records, "seconds": seconds, "peakBytes": peak}))


main()
