"""Tables as comma-separated text, on the clipboard and in files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from htt_desktop import __version__
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import replacing
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tables.rows_model import RowsModel
from htt_desktop.ui.wording.formats import MINUS, MISSING

FileHeader = Sequence[tuple[str, str]]
"""What the header of a file says, in order: names and values."""

_SIGNS = ("▲ ", "▼ ", "━ ", "╍ ", "▴", "▾")
"""Only for the eye."""


def csv_text(
    headings: Sequence[str], rows: Iterable[Iterable[object]], line_end: str = "\n"
) -> str:
    r"""Return one heading line and the rows; what is missing is empty.

    Examples
    --------
    >>> csv_text(["name", "best_lap_s"], [["Ace, Anna", 97.5], ["Bold", None]])
    'name,best_lap_s\n"Ace, Anna",97.5\nBold,\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow(headings)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    return text.getvalue()


def rows_csv(model: RowsModel) -> str:
    """Return a table as it is on screen, with hyphens for minus signs."""
    return csv_text(
        [plain_text(heading.text) for heading in model.headings],
        [[plain_text(cell.text) for cell in row.cells] for row in model.rows],
    )


def plain_text(text: str) -> str:
    r"""Return a text of the screen for other programs.

    Examples
    --------
    >>> plain_text("▲ −0.12 ±0.05"), plain_text("–"), plain_text("lost s\n± band")
    ('-0.12 ±0.05', '', 'lost s ± band')
    """
    if text == MISSING:
        return ""
    for sign in _SIGNS:
        text = text.replace(sign, "")
    return " ".join(text.replace(MINUS, "-").split())


def file_text(facts: FileHeader, table: str, now: datetime | None = None) -> str:
    r"""Return what a CSV file holds: comment lines that say what it is, then the table.

    Parameters
    ----------
    facts
        Names and values; date and version of the program are added.
    table
        A heading line and rows.
    now
        The date; today when ``None``.

    Examples
    --------
    >>> day = datetime(2025, 10, 18, tzinfo=UTC)
    >>> file_text([("track", "Barber"), ("year", "2025")], "a,b\n1,2\n", day).splitlines()[:3]
    ['# track,Barber', '# year,2025', '# date,2025-10-18']
    """
    day = (now or datetime.now(UTC)).date().isoformat()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for name, value in (*facts, ("date", day), ("made by", f"HackTheTrack Desktop {__version__}")):
        writer.writerow((f"# {name}", value))
    lines = text.getvalue() + table.replace("\r\n", "\n")
    # Excel on Windows expects both; the byte order mark makes it read ° and − right.
    return lines.replace("\n", "\r\n")


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    # As plain text: contents of our own making would outlive Python and crash the exit.
    QGuiApplication.clipboard().setText(text)


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


def write_table(facts: FileHeader, table: str, path: Path) -> None:
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


@dataclass(frozen=True)
class ExportedTable:
    """One table of a page.

    Attributes
    ----------
    ending
        What its file is called beyond the name of the picture, such as ``"_corners"``.
    facts
        What the header of the file says.
    text
        Heading line and rows.
    """

    ending: str
    facts: FileHeader
    text: str


class ExportFileDialog(QFileDialog):
    """Asks for the picture's file; the table lies beside it.

    Signals
    -------
    file_chosen(Path)
        Path of the PNG.
    """

    file_chosen = Signal(Path)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.DocumentsLocation)
        super().__init__(parent, "Export picture and table", places[0] if places else "")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilter("Picture, with the table beside it (*.png)")
        self.setDefaultSuffix("png")
        self.selectFile(name)
        self.fileSelected.connect(self._on_file_selected)

    def _on_file_selected(self, path: str) -> None:
        self.file_chosen.emit(Path(path))


class Exporter(QObject):
    """Writes what a page shows to where the user wants it.

    Parameters
    ----------
    page
        What is drawn.
    suggestion
        Asked for the name of the picture.
    tables
        Asked for the tables, the one with the picture's own name first; empty when there is
        nothing on screen.
    """

    def __init__(
        self,
        page: QWidget,
        messages: Messages,
        suggestion: Callable[[], str],
        tables: Callable[[], Sequence[ExportedTable]],
    ) -> None:
        super().__init__(page)
        self._page = page
        self._messages = messages
        self._suggestion = suggestion
        self._tables = tables

    def ask(self) -> None:
        """Open the file dialog."""
        dialog = ExportFileDialog(self._suggestion(), self._page)
        dialog.file_chosen.connect(self.write)
        dialog.open()

    def write(self, path: Path) -> None:
        """Write ``path`` and the tables beside it under the same name."""
        tables = self._tables()
        if not tables:
            self._messages.warn("There is nothing on screen to export.")
            return
        names = [f"{path.stem}{table.ending}.csv" for table in tables]
        try:
            write_picture(self._page.grab().toImage(), path)
            for table, name in zip(tables, names, strict=True):
                write_table(table.facts, table.text, path.with_name(name))
        except ExportError as error:
            self._messages.warn(str(error))
        else:
            self._messages.say(f"Written: {path} and {' and '.join(names)}.")
