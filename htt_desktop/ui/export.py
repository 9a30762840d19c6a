"""Writes exactly what is shown: a picture and tables, complete or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtGui import QImage

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import replacing
from htt_desktop.ui.csv_text import Facts, file_text


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


def write_table(facts: Facts, table: str, path: Path) -> None:
    """Write a CSV for Excel and scripts: header of comments, UTF-8 with BOM, CRLF.

    Raises
    ------
    ExportError
        The place cannot be written.
    """
    with _written(path, "table") as partial:
        partial.write_text(file_text(facts, table), encoding="utf-8-sig", newline="")


@contextmanager
def _written(path: Path, what: str) -> Iterator[Path]:
    try:
        with replacing(path) as partial:
            yield partial
    except SourceError as error:
        raise ExportError(f"The {what} could not be written: {error}") from error
