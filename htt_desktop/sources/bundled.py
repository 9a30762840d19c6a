"""Where the bundled data lie: beside the source, inside the package, or in a frozen bundle."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import htt_desktop
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.tracks import TRACKS_FILE

DATA_DIR_VARIABLE = "HTT_DATA_DIR"
"""Environment variable that overrides the folder of the data."""


def data_dir() -> Path:
    """Return the folder with ``tracks.json`` and ``packs/``.

    Searched in this order: the variable ``HTT_DATA_DIR``, the unpacked frozen
    bundle, the installed package, the source tree.

    Raises
    ------
    SourceError
        No such folder exists, or the variable points elsewhere.
    """
    wanted = os.environ.get(DATA_DIR_VARIABLE)
    if wanted:
        chosen = Path(wanted)
        if not (chosen / TRACKS_FILE).is_file():
            message = (
                f"{DATA_DIR_VARIABLE} is set to {chosen}, which holds no {TRACKS_FILE}; "
                "correct the variable or remove it."
            )
            raise SourceError(message)
        return chosen
    package = Path(htt_desktop.__file__).resolve().parent
    candidates = [package / "data", package.parent / "data"]
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen:
        candidates.insert(0, Path(frozen) / "data")
    for candidate in candidates:
        if (candidate / TRACKS_FILE).is_file():
            return candidate
    searched = ", ".join(str(candidate) for candidate in candidates)
    message = (
        f"The bundled data are missing (searched {searched}); install the application again "
        f"or set {DATA_DIR_VARIABLE}."
    )
    raise SourceError(message)
