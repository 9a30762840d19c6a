"""Style of the frame's own widgets, on top of the common style sheet."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from htt_desktop.ui.theme import LABEL_PX, RADIUS_PX, Theme, font, style_sheet


def dress(theme: Theme) -> None:
    """Give the application font and colours."""
    application = QGuiApplication.instance()
    if isinstance(application, QApplication):
        application.setFont(font())
        application.setStyleSheet(style_sheet(theme) + _frame_style(theme))


def small_label(role: str, text: str = "") -> QLabel:
    """Return a label in small print, coloured by its role."""
    label = QLabel(text)
    label.setFont(font(LABEL_PX))
    label.setProperty("role", role)
    return label


def _frame_style(theme: Theme) -> str:
    return f"""
QLabel[role="heading"] {{ color: {theme.muted}; padding: 2px 0; }}
QLabel[role="key"] {{ color: {theme.reference}; }}
QLabel[role="status"] {{ color: {theme.muted}; }}
QLabel[role="warning"] {{ color: {theme.loss}; }}
QPushButton[role="search"] {{ color: {theme.muted}; text-align: left; padding-left: 8px; }}
QPushButton[role="primary"]:focus {{ border-color: {theme.text}; }}
QCheckBox::indicator {{
    width: 12px; height: 12px; border: 1px solid {theme.muted}; border-radius: 2px;
}}
QCheckBox::indicator:checked {{ background: {theme.reference}; }}
#overlay, #card {{
    background: {theme.raised}; border: 1px solid {theme.grid}; border-radius: {RADIUS_PX}px;
}}
#overlay QLabel, #card QLabel {{ background: transparent; }}
"""
