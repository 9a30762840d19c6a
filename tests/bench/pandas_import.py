"""The import a newcomer would write: ``pandas.read_csv``, then ``pivot_table``.

Run as a program of its own, so that its peak memory is its own. It only turns long rows into
wide ones; it knows nothing of clocks, lap numbers, identities or official timing.
"""

from __future__ import annotations

import json
import sys
import time

import pandas as pd

from tests.bench.peak_memory import peak_memory_mb


def main(path: str, rows: int) -> None:
    """Read the first rows, pivot them, and print rows, seconds and peak memory as JSON."""
    before_mb = peak_memory_mb()
    began = time.perf_counter()
    table = pd.read_csv(path, nrows=rows)
    wide = table.pivot_table(
        index=["vehicle_id", "timestamp"], columns="telemetry_name", values="telemetry_value"
    )
    wide.to_parquet(f"{path}.naive.parquet")
    seconds = time.perf_counter() - began
    took = {"seconds": seconds, "before_mb": before_mb, "peak_mb": peak_memory_mb()}
    print(json.dumps({"rows": len(table), **took}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
