"""What a newcomer writes: ``SELECT *`` of the race into pandas, then two drivers out of it.

Run as a program of its own, so that its peak memory is its own. It ends with a filtered frame;
it knows nothing of clocks, laps, alignment or delta. Where the server is, and the key, come from
the environment.
"""

from __future__ import annotations

import base64
import json
import os
import time

import snowflake.connector

from tests.bench.full_table import CARS
from tests.bench.peak_memory import peak_memory_mb
from tests.snowflake.emulator import TABLE


def main() -> None:
    """Fetch, filter, and print rows, seconds and memory as JSON."""
    before_mb = peak_memory_mb()
    began = time.perf_counter()
    with snowflake.connector.connect(
        account=os.environ["SNOWFLAKE_ACCOUNT"],
        user=os.environ["SNOWFLAKE_USER"],
        role=os.environ["SNOWFLAKE_ROLE"],
        warehouse=os.environ["SNOWFLAKE_WAREHOUSE"],
        host=os.environ["SNOWFLAKE_HOST"],
        port=int(os.environ["SNOWFLAKE_PORT"]),
        protocol=os.environ["SNOWFLAKE_PROTOCOL"],
        authenticator="SNOWFLAKE_JWT",
        private_key=base64.b64decode(os.environ["SNOWFLAKE_PRIVATE_KEY_BASE64"]),
        paramstyle="qmark",
        enable_server_session_keep_alive_auto_detection=False,
        platform_detection_timeout_seconds=0,
    ) as connection:
        login_s = time.perf_counter() - began
        cursor = connection.cursor()
        began = time.perf_counter()
        cursor.execute(
            f"SELECT * FROM {TABLE} WHERE TRACK_ID = ? AND RACE_NUM = ?",  # noqa: S608
            ("indianapolis", 1),
        )
        race = cursor.fetch_pandas_all()
        two = race[race["VEHICLE_NUMBER"].isin([int(number) for number in CARS])]
        two = two.sort_values(["VEHICLE_NUMBER", "LAP", "LAPTRIGGER_LAPDIST_DLS"])
        seconds = time.perf_counter() - began
    found = {
        "login_s": login_s,
        "seconds": seconds,
        "rows": len(race),
        "kept_rows": len(two),
        "held_mb": float(race.memory_usage(deep=True).sum()) / 1e6,
        "before_mb": before_mb,
        "peak_mb": peak_memory_mb(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
