"""Turns the wish for a theme into a theme."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from htt_desktop.ui.settings import ThemeChoice
from htt_desktop.ui.theme import DARK, LIGHT, Theme


def chosen_theme(choice: ThemeChoice) -> Theme:
    """Return the theme; ``SYSTEM`` follows the desktop and is dark where it does not say."""
    if choice is ThemeChoice.SYSTEM:
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return LIGHT if choice is ThemeChoice.LIGHT else DARK


def opposite(choice: ThemeChoice) -> ThemeChoice:
    """Return the choice that changes what is on screen."""
    return ThemeChoice.LIGHT if chosen_theme(choice).is_dark else ThemeChoice.DARK
