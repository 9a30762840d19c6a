"""The memory of the application as a user starts it, over a table of which nothing is here yet."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.bundled import DATA_DIR_VARIABLE, data_dir

_GLANCE_S = 0.03
_PATIENCE_S = 300.0
_AFTER_S = 10.0
"""The field and what else the server has come after the picture."""


@dataclass(frozen=True)
class MostMemory:
    """The largest values seen, in MB.

    Attributes
    ----------
    rss_mb
        Resident, files of libraries included although other programs use them, too.
    pss_mb
        The same with what is shared divided by those who share it.
    private_mb
        Of this process alone.
    """

    rss_mb: float
    pss_mb: float
    private_mb: float


def data_without(key: RaceKey, folder: Path) -> Path:
    """Return a folder of bundled data in which the pack of one race is missing."""
    (folder / "packs").mkdir(parents=True)
    missing = f"{key.track_id}_r{key.race}.parquet"
    for path in data_dir().iterdir():
        if path.name != "packs":
            (folder / path.name).symlink_to(path)
    for path in (data_dir() / "packs").iterdir():
        if path.name != missing:
            (folder / "packs" / path.name).symlink_to(path)
    return folder


def first_fetch(
    key: RaceKey, cars: tuple[str, str], folder: Path, environment: Mapping[str, str]
) -> MostMemory:
    """Start the application on two cars that only the server has, and return its memory.

    Parameters
    ----------
    folder
        Home of the user; empty.
    environment
        Where the server is, and the key.

    Raises
    ------
    AssertionError
        It ended before the picture was there.
    """
    data = data_without(key, folder / "data")
    said = folder / "said"
    command = [sys.executable, "-m", "htt_desktop", "--tab", "improve", "--timings"]
    command += ["--track", key.track_id, "--race", str(key.race)]
    command += ["--reference", cars[0], "--compared", cars[1]]
    surroundings = {
        **environment,
        DATA_DIR_VARIABLE: str(data),
        "HOME": str(folder),
        "QT_QPA_PLATFORM": "offscreen",
    }
    with (
        said.open("wb") as output,
        subprocess.Popen(command, env=surroundings, stdout=output) as it,
    ):
        try:
            return _watched(it, said)
        finally:
            it.terminate()


def _watched(process: subprocess.Popen[bytes], said: Path) -> MostMemory:
    most = MostMemory(0.0, 0.0, 0.0)
    end = time.monotonic() + _PATIENCE_S
    is_loaded = False
    while time.monotonic() < end:
        assert process.poll() is None, "the application ended"
        now = _memory(process.pid)
        most = MostMemory(
            max(most.rss_mb, now.rss_mb),
            max(most.pss_mb, now.pss_mb),
            max(most.private_mb, now.private_mb),
        )
        if not is_loaded and b"loaded" in said.read_bytes():
            is_loaded, end = True, time.monotonic() + _AFTER_S
        time.sleep(_GLANCE_S)
    assert is_loaded, "the picture never came"
    return most


def _memory(pid: int) -> MostMemory:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    kb = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    own = kb["Private_Clean"] + kb["Private_Dirty"]
    return MostMemory(*(1024 * value / 1e6 for value in (kb["Rss"], kb["Pss"], own)))
