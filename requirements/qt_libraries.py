"""See to the system libraries that Qt needs on Linux."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE_OF = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xinput.so.0": "libxcb-xinput0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""Debian's package by the library that Qt asks for."""

FONT_PACKAGE = "fonts-dejavu-core"

WITHOUT_A_SCREEN = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication
application = QApplication([])
print("fonts" if QFontDatabase.families() else "no fonts")
"""


def see_to_them(python: Path, stamp: Path) -> bool:
    """Try Qt for real, and install or name what it lacks.

    Parameters
    ----------
    python
        Interpreter of an environment that holds PySide6.
    stamp
        File that remembers that this installation of Qt was complete.

    Returns
    -------
    bool
        Whether Qt can draw; a library that only a screen needs may still be missing.
    """
    if not sys.platform.startswith("linux"):
        return True
    print_of_qt = _qt_folder(python)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == print_of_qt:
        return True
    missing = _missing(Path(print_of_qt))
    unknown = sorted(missing - PACKAGE_OF.keys())
    if unknown:
        print(f"Qt also lacks {' '.join(unknown)}; install the packages that hold them.")
    packages = sorted({PACKAGE_OF[name] for name in missing & PACKAGE_OF.keys()})
    complete = not packages or install_or_name(packages, "Qt's system libraries")
    answer = subprocess.run(
        [python, "-c", WITHOUT_A_SCREEN], check=False, capture_output=True, text=True
    )
    if answer.returncode != 0:
        last_words = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"Qt does not start yet: {last_words}")
        return False
    if "no fonts" in answer.stdout:
        complete = install_or_name([FONT_PACKAGE], "a font") and complete
    if complete:
        stamp.write_text(print_of_qt, encoding="utf-8")
    return True


def install_or_name(packages: list[str], what: str) -> bool:
    """Install Debian packages when root, else print one line to paste.

    Returns
    -------
    bool
        Whether they are installed now.
    """
    names = " ".join(packages)
    getuid = getattr(os, "geteuid", lambda: 1)
    if shutil.which("apt-get") and getuid() == 0:
        print(f"Installing {what}: {names} …")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            answer = subprocess.run(
                ["apt-get", "-qq", *arguments],  # noqa: S607 - wherever the system keeps it
                check=False,
                env=environment,
                capture_output=True,
                text=True,
            )
            if answer.returncode != 0:
                print(answer.stderr.strip())
                print(f"{what}: apt-get {arguments[0]} failed; mend that and run this again.")
                return False
        return True
    if shutil.which("apt-get"):
        print(f"Missing: {what}. Paste: sudo apt-get install -y {names}")
    else:
        print(f"Missing: {what}. Install what your system calls: {names}")
    return False


def _qt_folder(python: Path) -> str:
    answer = subprocess.run(
        [python, "-c", "import PySide6; print(PySide6.__path__[0], PySide6.__version__, sep='/')"],
        check=False,
        capture_output=True,
        text=True,
    )
    return answer.stdout.strip()


def _missing(qt: Path) -> set[str]:
    """Return the names of libraries that the loader cannot find for Qt's parts in use."""
    folder = qt.parent
    parts = [
        *folder.glob("Qt[GW]*.abi3.so"),
        folder / "Qt/plugins/platforms/libqoffscreen.so",
        folder / "Qt/plugins/platforms/libqxcb.so",
    ]
    loader = shutil.which("ldd")
    if loader is None:
        return set()
    answer = subprocess.run([loader, *parts], check=False, capture_output=True, text=True)
    missing = (line.split()[0] for line in answer.stdout.splitlines() if "not found" in line)
    return {name for name in missing if not name.startswith(("libQt6", "libpyside", "libshiboken"))}
