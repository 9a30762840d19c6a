"""Open the real application on a screen of its own, once for each tab, and close it.

Usage: ``python tests/start_application.py [PROGRAM]``, by default the installed one. Under a
virtual screen where Xvfb is installed, otherwise with Qt's offscreen platform.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtGui import QImage

PATIENCE_S = 60
TABS = ("dashboard", "driver", "improve")
LEAST_COLOURS = 30
"""A window with traces, text and a map has hundreds; an empty one a handful."""


@contextmanager
def screen() -> Iterator[dict[str, str]]:
    """Yield the environment variables of a screen nobody sees."""
    program = shutil.which("Xvfb")
    if program is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    reader, writer = os.pipe()
    command = [program, "-displayfd", str(writer), "-screen", "0", "1920x1080x24", "-ac"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as numbers:
            number = numbers.readline().strip()
        try:
            yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()


def start(command: list[str], folder: Path, tab: str) -> Path:
    """Run the application in a strange folder and return its picture of a loaded tab.

    Raises
    ------
    AssertionError
        It ended badly, complained, or painted next to nothing.
    """
    picture = folder / f"{tab}.png"
    kept = {"PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP"}
    surroundings = {name: value for name, value in os.environ.items() if name in kept}
    with screen() as its_screen:
        answer = subprocess.run(
            [*command, "--tab", tab, "--screenshot", str(picture), "--exit"],
            cwd=folder,
            env={**surroundings, **its_screen, "HOME": str(folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
    said = answer.stdout + answer.stderr
    assert answer.returncode == 0, said
    assert "Traceback" not in said, said
    image = QImage(str(picture))
    assert not image.isNull(), said
    colours = {
        image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
    }
    assert len(colours) >= LEAST_COLOURS, f"only {len(colours)} colours in the window"
    return picture


def main(arguments: list[str]) -> None:
    """Start the application and say how long it took."""
    command = arguments or [str(Path(sys.executable).with_name("htt-desktop"))]
    with tempfile.TemporaryDirectory() as folder:
        for tab in TABS:
            began = time.perf_counter()
            start(command, Path(folder), tab)
            took_s = time.perf_counter() - began
            print(f"The application opened, loaded {tab} and closed in {took_s:.1f} s.")


if __name__ == "__main__":
    main(sys.argv[1:])
