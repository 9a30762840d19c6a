"""Style of the frame's own widgets, on top of the common style sheet."""

from __future__ import annotations

from htt_desktop.ui.theme import LABEL_PX, RADIUS_PX, Theme, style_sheet


def full_style_sheet(theme: Theme) -> str:
    """Return everything the application's style consists of."""
    return style_sheet(theme) + _frame_style(theme)


def _frame_style(theme: Theme) -> str:
    return f"""
QLabel[role="heading"] {{ color: {theme.muted}; font-size: {LABEL_PX}px; padding: 2px 0; }}
QLabel[role="key"] {{ color: {theme.reference}; }}
QLabel[role="status"] {{ color: {theme.muted}; font-size: {LABEL_PX}px; }}
QLabel[role="warning"] {{ color: {theme.loss}; font-size: {LABEL_PX}px; }}
QLabel[role="badge"] {{
    color: {theme.muted}; font-size: {LABEL_PX}px;
    border: 1px solid {theme.grid}; border-radius: {RADIUS_PX}px; padding: 2px 6px;
}}
QLabel[role="reference"] {{ color: {theme.reference}; }}
QLabel[role="compared"] {{ color: {theme.compared}; }}
QPushButton[role="search"] {{ color: {theme.muted}; text-align: left; padding-left: 8px; }}
QPushButton[role="primary"] {{
    background: {theme.reference}; color: {theme.panel}; border: 1px solid {theme.reference};
    border-radius: {RADIUS_PX}px; padding: 5px 14px;
}}
QPushButton[role="primary"]:focus {{ border: 2px solid {theme.text}; padding: 4px 13px; }}
#overlay, #card {{
    background: {theme.raised}; border: 1px solid {theme.grid}; border-radius: {RADIUS_PX}px;
}}
#overlay QLabel, #card QLabel {{ background: transparent; }}
"""
