"""The queries that were sent to the server: what for, how much, how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QHeaderView, QVBoxLayout, QWidget

from htt_desktop.sources.query_history import DONE, QueryHistory, QueryRecord
from htt_desktop.sources.snowflake.faults import FaultKind
from htt_desktop.ui.connection.widgets import button, sentence_label
from htt_desktop.ui.exporting import copy_text, csv_text
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording.formats import number

HEADINGS = (
    Heading("time", "When the query was sent, local time", is_left=True),
    Heading("what for", "Purpose, as in the server's query tag", is_left=True),
    Heading("rows", "Rows that arrived"),
    Heading("kB", "Memory they took on arrival, thousands of bytes"),
    Heading("server s", "Seconds until the server was ready"),
    Heading("client s", "Seconds in all, up to the last row"),
    Heading("outcome", "✓ done, – cancelled, ✗ and the kind of fault", is_left=True),
    Heading("query id", "For the query history of Snowflake's own pages", is_left=True),
)
_CSV = ("started_utc", "purpose", "rows", "bytes", "server_s", "client_s", "outcome", "query_id")
_SIZE = (980, 420)


class QueryFeed(QObject):
    """Brings queries from the threads that ran them to the widgets.

    Parameters
    ----------
    history
        What is listened to, until :meth:`stop`.

    Signals
    -------
    added()
        There is one more; ask :meth:`records`.
    """

    added = Signal()

    def __init__(self, history: QueryHistory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._stop = history.listen(self._note)

    def records(self) -> tuple[QueryRecord, ...]:
        """Return what is remembered, newest first."""
        return tuple(reversed(self._history.records()))

    def stop(self) -> None:
        """Listen no more."""
        self._stop()

    def _note(self, _record: QueryRecord) -> None:
        # On the thread that ran the query; Qt carries the signal over to those who listen.
        self.added.emit()


class QueryHistoryPanel(QWidget):
    """Table of the queries, newest first.

    Parameters
    ----------
    feed
        The panel follows it.
    """

    def __init__(self, theme: Theme, feed: QueryFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._rows = RowsModel(theme, self)
        self.table = RowsView(self._rows)
        self.table.setAccessibleName("Queries, newest first")
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.summary = sentence_label("muted", "Sum of the queries")
        self.copy = button("Copy as CSV", "All queries shown, with full figures")
        row = QHBoxLayout()
        row.addWidget(self.summary, stretch=1)
        row.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, stretch=1)
        layout.addLayout(row)
        self.table.installEventFilter(self)
        self.copy.clicked.connect(self._on_copy)
        feed.added.connect(self._on_added)
        self._on_added()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._rows.set_theme(theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Copy the whole table, not the one cell that the view would take."""
        copies = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy)
        if copies and event.type() == QEvent.Type.KeyPress:
            self._on_copy()
            return True
        return super().eventFilter(watched, event)

    def _on_added(self) -> None:
        records = self._feed.records()
        self._rows.show_rows(HEADINGS, [_row(record) for record in records])
        rows = sum(record.rows for record in records)
        size = sum(record.bytes for record in records) / 1e6
        self.summary.setText(
            f"{len(records)} queries, {rows:,} rows, {number(size, 1)} MB"
            if records
            else "No query has been sent yet."
        )
        self.copy.setEnabled(bool(records))

    def _on_copy(self) -> None:
        copy_text(history_csv(self._feed.records()))


class QueryHistoryDialog(QDialog):
    """The panel in a window of its own; shown with ``show()``, deletes itself when closed."""

    def __init__(self, theme: Theme, feed: QueryFeed, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Query history")
        self.resize(*_SIZE)
        self.panel = QueryHistoryPanel(theme, feed, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)


def history_csv(records: Sequence[QueryRecord]) -> str:
    """Return queries as CSV with one heading line."""
    rows = (
        (
            record.started.astimezone(UTC).isoformat(timespec="milliseconds"),
            record.purpose,
            record.rows,
            record.bytes,
            f"{record.server_s:.3f}",
            f"{record.client_s:.3f}",
            record.outcome,
            record.query_id,
        )
        for record in records
    )
    return csv_text(_CSV, rows)


def _row(record: QueryRecord) -> Row:
    time = record.started.astimezone()
    return Row(
        (
            Cell(f"{time:%H:%M:%S}", tip=f"{time:%Y-%m-%d %H:%M:%S %Z}"),
            Cell(record.purpose, tip=record.purpose),
            Cell(f"{record.rows:,}"),
            Cell(f"{record.bytes / 1000:,.0f}", tip=f"{record.bytes:,} bytes"),
            Cell(number(record.server_s, 2)),
            Cell(number(record.client_s, 2)),
            _outcome(record.outcome),
            Cell(record.query_id or "–", tone=Tone.MUTED),
        ),
        record,
    )


def _outcome(outcome: str) -> Cell:
    if outcome == DONE:
        return Cell(f"✓ {outcome}", tone=Tone.GAIN)
    if outcome == FaultKind.CANCELLED.value:
        return Cell(f"– {outcome}", tone=Tone.MUTED)
    return Cell(f"✗ {outcome}", tone=Tone.LOSS)
