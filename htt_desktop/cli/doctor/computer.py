"""What the doctor looks at on this computer."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import htt_desktop
from htt_desktop.cli.doctor.findings import Finding, State, broken, ok, warn
from htt_desktop.domain.counted import counted
from htt_desktop.sources.errors import SourceError
from htt_desktop.wiring.display import missing_display

LIBRARIES = (
    "PySide6-Essentials",
    "pyqtgraph",
    "numpy",
    "pandas",
    "pyarrow",
    "snowflake-connector-python",
    "keyring",
    "cryptography",
)
"""Their versions are what a support call asks for."""

_PROBE_BYTES = 1_000_000
_FEW_BYTES = 50_000_000
"""Less does not hold the rows of two drivers for a season."""

_LEAST_PYTHON = (3, 11)
_QT_PATIENCE_S = 30.0
_ASK_QT = """
from PySide6.QtGui import QGuiApplication
application = QGuiApplication(["htt"])
screens = [
    f"{s.size().width()} x {s.size().height()} at scale {s.devicePixelRatio():g}"
    for s in application.screens()
]
print(application.platformName() + "; " + (", ".join(screens) or "no screen"))
"""


def program() -> Iterator[Finding]:
    """Look at versions and the system."""
    frozen = " (bundle)" if getattr(sys, "frozen", False) else ""
    yield ok("program", f"htt-desktop {htt_desktop.__version__}{frozen}")
    version = f"Python {platform.python_version()} on {platform.platform()}"
    if sys.version_info >= _LEAST_PYTHON:
        yield ok("Python", version)
    else:
        yield Finding(State.BROKEN, "Python", version, "Install Python 3.11 or newer.")


def libraries() -> Iterator[Finding]:
    """Look for the libraries."""
    found, missing = [], []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        # A bundle carries its libraries without their cards.
        state = State.WARN if getattr(sys, "frozen", False) else State.BROKEN
        text = f"{', '.join(missing)} not installed"
        yield Finding(state, "libraries", text, "Install the program again.")
    if found:
        yield ok("libraries", ", ".join(found))


def screen() -> Iterator[Finding]:
    """Ask Qt for its platform and screens, in a process of its own: Qt may end its process."""
    missing = missing_display()
    if missing:
        yield warn(
            "screen",
            f"{missing}, so no window can be opened; start it from a desktop, or use the commands.",
        )
        return
    if getattr(sys, "frozen", False):
        yield warn("screen", "The bundle does not ask Qt here; see Help > About in the window.")
        return
    try:
        answer = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", _ASK_QT],
            capture_output=True,
            text=True,
            timeout=_QT_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield broken("screen", "Qt does not start in time; log out of the desktop and in again.")
        return
    if answer.returncode:
        said = answer.stderr.strip().splitlines()
        yield Finding(
            State.BROKEN,
            "screen",
            f"Qt does not start: {said[0] if said else f'exit code {answer.returncode}'}",
            "Install the system libraries that Qt names, or unset QT_QPA_PLATFORM.",
        )
        return
    yield ok("screen", f"Qt platform {answer.stdout.strip()}")


def folders() -> Iterator[Finding]:
    """Look at the folders of settings, log and pictures."""
    from platformdirs import user_cache_path, user_log_path

    from htt_desktop.ui.settings import SETTINGS_NAME
    from htt_desktop.wiring.profiles import settings_folder

    yield from _writable("settings", settings_folder(), SETTINGS_NAME)
    yield from _settings(settings_folder() / SETTINGS_NAME)
    yield from _writable("log", user_log_path("htt-desktop", appauthor=False), "")
    yield from _writable("pictures", user_cache_path("htt-desktop", appauthor=False), "")


def cache() -> Iterator[Finding]:
    """Look at what was kept of the server's rows."""
    from htt_desktop.wiring.connection import telemetry_cache

    kept = telemetry_cache(None)
    text = f"{kept.size_bytes / 1e6:,.1f} MB of at most {kept.limit_bytes / 1e6:,.0f} MB"
    yield from _writable("cache", kept.folder, text)
    for problem in kept.problems():
        yield warn("cache", problem)


def _settings(file: Path) -> Iterator[Finding]:
    """Read what the window remembers; it starts with a broken file, too, but forgets."""
    from htt_desktop.ui.settings import read_preferences

    try:
        bad = read_preferences(file)[1]
    except FileNotFoundError:
        return
    except SourceError as error:
        yield warn("settings", str(error))
        return
    if bad:
        yield warn(
            "settings",
            f"{file} holds a value that cannot be for {', '.join(bad)}; the usual one counts, and "
            "the next change in the window puts the file right.",
        )


def _writable(name: str, folder: Path, inside: str) -> Iterator[Finding]:
    where = folder / inside if inside.endswith(".json") else folder
    text = f"{where}" + (f", {inside}" if inside and where == folder else "")
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        yield broken(name, f"{text} cannot be written to; check that you may write to {nearest}.")
        return
    try:
        # Rights are not all it takes: a disk may be full, and only writing shows it.
        with tempfile.TemporaryFile(dir=nearest) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
        free_bytes = shutil.disk_usage(nearest).free
    except OSError as error:
        yield broken(
            name,
            f"{text} cannot be written to ({error.strerror}); free some space on the disk of "
            f"{nearest} and check that you may write there.",
        )
        return
    if free_bytes < _FEW_BYTES:
        yield warn(
            name, f"{text} has {free_bytes / 1e6:.0f} MB left on its disk; free some space there."
        )
        return
    yield ok(name, text if where.exists() else f"{text} (not made yet)")


def packs() -> Iterator[Finding]:
    """Open every bundled pack."""
    from htt_desktop.sources.bundled import data_dir
    from htt_desktop.sources.packs.pack_telemetry import PACK_SUFFIX

    folder = data_dir() / "packs"
    files = sorted(folder.glob(f"*{PACK_SUFFIX}"))
    if not files:
        yield broken("packs", f"{folder} holds no telemetry packs; install the program again.")
    for file in files:
        yield _pack(file)


def _pack(file: Path) -> Finding:
    from htt_desktop.sources.packs.reader import open_pack

    name = f"pack {file.name}"
    try:
        pack = open_pack(file)
        accepted = [car for car in pack.contents.cars if car.refusal is None]
        # The checksum of a whole file says that the file is the same, reading it that it is whole.
        for car in accepted:
            pack.read_rows(car)
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except SourceError as error:
        return broken(name, str(error))
    except OSError as error:
        return broken(name, f"{file} cannot be read ({error.strerror}); install the program again.")
    key = pack.contents.timing.key
    return ok(
        name,
        f"{key}, {counted(len(accepted), 'car')}, {pack.footer.num_rows:,} rows, SHA-256 {digest}",
    )


def seasons() -> Iterator[Finding]:
    """Read every bundled season."""
    from htt_desktop.sources.season.files import (
        bundled_seasons,
        read_laps,
        read_season,
        season_digest,
    )

    found = bundled_seasons()
    if not found:
        yield broken("seasons", "There is no bundled season; install the program again.")
    for year, folder in found.items():
        name = f"season {year}"
        try:
            season = read_season(folder)
            read_laps(folder, season)
            digests = season_digest(folder)
        except SourceError as error:
            yield broken(name, str(error))
            continue
        yield ok(name, f"{folder}, {len(season.drivers)} drivers")
        for file, digest in digests.items():
            yield ok(name, f"{file} SHA-256 {digest}")
