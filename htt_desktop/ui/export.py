"""Writes exactly what is shown: a picture and a table, complete or not at all."""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

from PySide6.QtGui import QImage

from htt_desktop.ui.charts.visible_table import VisibleTable


class ExportError(Exception):
    """A file could not be written; ``str()`` is one sentence for the user."""


def write_picture(picture: QImage, path: Path) -> None:
    """Write a PNG.

    Raises
    ------
    ExportError
        The place cannot be written.
    """
    temporary = _beside(path)
    if not picture.save(str(temporary), "PNG"):  # type: ignore[call-overload]
        temporary.unlink(missing_ok=True)
        raise ExportError(f"The picture could not be written to {path}; choose another folder.")
    _rename(temporary, path)


def write_table(table: VisibleTable, path: Path) -> None:
    """Write a CSV with one heading line; missing values are empty.

    Raises
    ------
    ExportError
        The place cannot be written.
    """
    temporary = _beside(path)
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.headings)
            for row in table.values.tolist():
                writer.writerow(_text(value) for value in row)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ExportError(
            f"The table could not be written to {path} ({error.strerror}); choose another folder."
        ) from error
    _rename(temporary, path)


def _beside(path: Path) -> Path:
    """Return a name in the same folder that no other process writes to."""
    return path.with_name(f".{path.name}.{os.getpid()}.partial")


def _rename(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ExportError(
            f"{path} could not be replaced ({error.strerror}); close whatever has it open."
        ) from error


def _text(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else ""
