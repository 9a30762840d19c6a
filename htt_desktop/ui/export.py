"""Writes exactly what is shown: a picture and a table, complete or not at all."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtGui import QImage

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import replacing
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
    with _written(path, "picture") as partial:
        if not picture.save(str(partial), "PNG"):  # type: ignore[call-overload]
            raise ExportError(f"The picture could not be written to {path}; choose another folder.")


def write_table(table: VisibleTable, path: Path) -> None:
    """Write a CSV with one heading line; missing values are empty.

    Raises
    ------
    ExportError
        The place cannot be written.
    """
    with (
        _written(path, "table") as partial,
        partial.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file)
        writer.writerow(table.headings)
        for row in table.values.tolist():
            writer.writerow(_text(value) for value in row)


@contextmanager
def _written(path: Path, what: str) -> Iterator[Path]:
    try:
        with replacing(path) as partial:
            yield partial
    except SourceError as error:
        raise ExportError(f"The {what} could not be written: {error}") from error


def _text(value: float) -> str:
    return f"{value:.10g}" if math.isfinite(value) else ""
