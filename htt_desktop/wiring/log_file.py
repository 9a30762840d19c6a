"""Warnings and faults go to a small file that never grows without end."""

from __future__ import annotations

import logging
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from htt_desktop.sources.bounded_file import demand_no_device
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import make_private_folder, touch_private

_NAME = "htt-desktop.log"

_LARGEST_BYTES = 1_000_000


class _PrivateHandler(RotatingFileHandler):
    """Makes the file for its owner alone: it names drivers, folders and servers."""

    def _open(self) -> TextIOWrapper:
        touch_private(Path(self.baseFilename))
        return super()._open()


def start_log(folder: Path) -> None:
    """Log from warnings upwards into ``folder``; without a place to write, go on silently."""
    try:
        make_private_folder(folder)
        demand_no_device(folder / _NAME)
        handler = _PrivateHandler(
            folder / _NAME,
            maxBytes=_LARGEST_BYTES,
            backupCount=1,
            encoding="utf-8",
            delay=True,
        )
    except (OSError, SourceError):
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
