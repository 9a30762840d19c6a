"""Ctrl+C: the table with the focus, as CSV, on the clipboard."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from htt_desktop.ui.tables.rows_view import RowsView


def focused_table(page: QWidget) -> RowsView | None:
    """Return the table of a page that has the focus, ``None`` without one."""
    focus = QApplication.focusWidget()
    return focus if isinstance(focus, RowsView) and page.isAncestorOf(focus) else None


def copy_table(table: RowsView) -> str:
    """Copy a table and return the sentence that says so."""
    # As plain text: contents of our own making would outlive Python and crash the exit.
    QGuiApplication.clipboard().setText(table.csv())
    return f"Copied as CSV: {table.accessibleName().lower() or 'the table'}."
