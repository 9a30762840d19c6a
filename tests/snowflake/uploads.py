"""What the tests of uploads share."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from htt_desktop.sources.credentials.key_files import read_key
from htt_desktop.sources.packs.contents import PackCar
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.packs.writer import PackRows, write_pack
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.upload.upload import UPLOAD_LIMITS, UploadProgress, UploadReport
from htt_desktop.sources.snowflake.upload.upload import upload_pack as product_upload
from tests.patience import PATIENCE_S
from tests.snowflake.emulator import (
    ACCOUNT,
    LOADER,
    ROOT,
    TABLE,
    WAREHOUSE,
    WRITE_ROLE,
    Emulator,
    KeyPair,
)

KNOWLEDGE = "HACKTHETRACK.TELEMETRY.RACE_KNOWLEDGE"
TURN = "HACKTHETRACK.TELEMETRY.UPLOAD_TURN"
STAGE = "HACKTHETRACK.TELEMETRY.UPLOADS"

_GLANCE_S = 0.05


class Uploader:
    """Uploads to the emulator, in this process or in one that can be killed."""

    def __init__(self, server: Emulator, keys: KeyPair, role: str = WRITE_ROLE) -> None:
        self.server = server
        self.history = QueryHistory()
        self.progress: list[UploadProgress] = []
        self.profile = ConnectionProfile(
            "test",
            ACCOUNT,
            LOADER,
            role,
            WAREHOUSE,
            host="127.0.0.1",
            port=server.port,
            protocol="http",
        )
        self._keys = keys
        self.session = SnowflakeSession(
            self.profile, lambda: read_key(keys.pem), self.history, UPLOAD_LIMITS
        )

    def upload(
        self, pack: Path, cancel: threading.Event | None = None, without: Sequence[str] = ()
    ) -> UploadReport:
        """Upload a pack with the session."""
        return product_upload(
            self.session, pack, self.progress.append, cancel or threading.Event(), without
        )

    @property
    def environment(self) -> dict[str, str]:
        """What the command line needs to know of the connection."""
        return {
            "SNOWFLAKE_ACCOUNT": self.profile.account,
            "SNOWFLAKE_USER": self.profile.user,
            "SNOWFLAKE_ROLE": self.profile.role,
            "SNOWFLAKE_WAREHOUSE": self.profile.warehouse,
            "SNOWFLAKE_HOST": self.profile.host,
            "SNOWFLAKE_PORT": str(self.profile.port),
            "SNOWFLAKE_PROTOCOL": "http",
            "SNOWFLAKE_PRIVATE_KEY_BASE64": base64.b64encode(self._keys.der).decode(),
        }

    @contextmanager
    def started(self, *packs: Path) -> Iterator[subprocess.Popen[str]]:
        """Run ``htt telemetry upload`` in a process of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "htt_desktop.cli.main", "telemetry", "upload", *map(str, packs)],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def close(self) -> None:
        """Close the session and wait until the server has forgotten it."""
        self.session.close()
        self.server._order("end-sessions")


def rows_of(server: Emulator, track: str = "barber", race: int = 1) -> dict[int, int]:
    """Return the rows of a race in the table, by vehicle number."""
    found = server.sql(
        f"SELECT VEHICLE_NUMBER, COUNT(*) FROM {TABLE} "  # noqa: S608
        f"WHERE TRACK_ID = '{track}' AND RACE_NUM = {race} GROUP BY 1"
    )
    return {int(vehicle): int(count) for vehicle, count in found}


def expected_rows(pack: Path) -> dict[int, int]:
    """Return the rows of each car of a pack, by vehicle number, from its own footer."""
    opened = open_pack(pack)
    cars = [car for car in opened.contents.cars if car.refusal is None]
    return {
        int(car.entry_number or ""): opened.footer.row_group(index).num_rows
        for index, car in enumerate(cars)
    }


def staged(server: Emulator) -> list[str]:
    """Return the names of the files in the stage."""
    return [str(row[0]) for row in server.sql(f"LIST @{STAGE}")]


def until(happened: Callable[[], object], whose: subprocess.Popen[str] | threading.Thread) -> None:
    """Ask the server until it happened; fail when the process or thread ends before."""
    end = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < end, "it never happened"
        if isinstance(whose, threading.Thread):
            whose.join(_GLANCE_S)
            assert whose.is_alive(), "it ended before"
            continue
        try:
            whose.wait(_GLANCE_S)
        except subprocess.TimeoutExpired:
            continue
        assert whose.stderr is not None
        raise AssertionError(whose.stderr.read())


def runs(server: Emulator, words: str) -> bool:
    """Tell whether a statement with some words is running."""
    seen = server.seen()
    return any(
        query["query_id"] in seen.running and words in query["sql"] for query in seen.queries
    )


def cut_pack(source: Path, path: Path, numbers: Mapping[str, str]) -> Path:
    """Write a pack with some cars of another one, under other numbers of the same race."""
    opened = open_pack(source)
    cars: list[PackCar] = []
    parts: list[PackRows] = []
    for number, new in numbers.items():
        car = opened.car(number)
        assert car is not None
        rows = opened.read_rows(car)
        assert car.identity is not None
        identity = replace(car.identity, entry_number=new)
        cars.append(replace(car, entry_number=new, identity=identity))
        race_time_s: Any = rows.clock_s - rows.clock_s[0]
        parts.append(PackRows(cars[-1], rows, race_time_s))
    write_pack(path, replace(opened.contents, cars=tuple(cars)), parts)
    return path
