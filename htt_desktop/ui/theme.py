"""Colours, fonts and the one style sheet, for the dark and the light theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel

from htt_desktop.ui.settings import ThemeChoice

BASE_PX = 13
LABEL_PX = 11
HEADLINE_PX = 20
FIGURE_PX = 28
GRID_PX = 8
RADIUS_PX = 4


def blend(front: str, back: str, share: float) -> str:
    """Return ``front`` laid over ``back`` with an opacity, as an opaque colour.

    Opaque colours paint several times faster than translucent ones.

    Examples
    --------
    >>> blend("#FFFFFF", "#000000", 0.5)
    '#808080'
    """
    pairs = ((front[i : i + 2], back[i : i + 2]) for i in (1, 3, 5))
    mixed = (round(int(f, 16) * share + int(b, 16) * (1 - share)) for f, b in pairs)
    return "#" + "".join(f"{part:02X}" for part in mixed)


def luminance(color: str) -> float:
    """Return the relative luminance of ``#RRGGBB``, 0 for black to 1 for white.

    References
    ----------
    Web Content Accessibility Guidelines 2.2, definition of relative luminance.
    """
    parts = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@dataclass(frozen=True)
class Theme:
    """Colour tokens as ``#RRGGBB``.

    Attributes
    ----------
    window, panel, raised
        Surfaces, from the ground up.
    grid, text, muted
        Lines, text, secondary text.
    reference, compared
        The two drivers, always solid and dashed.
    gain, loss, best
        Compared car gains, loses; best of the field.
    corner_shade, yellow_phase
        Already blended with the panel.
    """

    name: str
    window: str
    panel: str
    raised: str
    grid: str
    text: str
    muted: str
    reference: str
    compared: str
    gain: str
    loss: str
    best: str
    corner_shade: str
    yellow_phase: str

    @property
    def is_dark(self) -> bool:
        """Whether light text stands on dark ground."""
        return luminance(self.window) < luminance(self.text)

    @property
    def selected_row(self) -> str:
        """Ground of a selected table row: pale enough for every colour of text on it."""
        return blend(self.reference, self.panel, 0.1)

    def color(self, token: str) -> QColor:
        """Return a token as a Qt colour.

        Raises
        ------
        AttributeError
            There is no such token.
        """
        return QColor(getattr(self, token))


DARK = Theme(
    name="dark",
    window="#14171C",
    panel="#1B1F26",
    raised="#232933",
    grid="#2E3540",
    text="#E6E9EE",
    muted="#9AA4B2",
    reference="#56B4E9",
    compared="#E69F00",
    gain="#35C28F",
    loss="#FF6FA3",
    best="#B58CFF",
    corner_shade=blend("#E6E9EE", "#1B1F26", 0.05),
    yellow_phase=blend("#F0E442", "#1B1F26", 0.15),
)

LIGHT = Theme(
    name="light",
    window="#F4F5F7",
    panel="#FFFFFF",
    raised="#E9ECF1",
    grid="#D5DAE2",
    text="#1B1F26",
    muted="#566070",
    reference="#0072B2",
    compared="#A85A00",
    gain="#0F7A58",
    loss="#B5124E",
    best="#6A3BCF",
    corner_shade=blend("#1B1F26", "#FFFFFF", 0.05),
    yellow_phase=blend("#B8A800", "#FFFFFF", 0.18),
)


def font(pixels: int = BASE_PX, *, bold: bool = False) -> QFont:
    """Return the system font at a size, with figures of one width."""
    chosen = QFont()
    chosen.setPixelSize(pixels)
    chosen.setFeature(QFont.Tag("tnum"), 1)
    if bold:
        chosen.setWeight(QFont.Weight.DemiBold)
    return chosen


def style_sheet(theme: Theme) -> str:
    """Return the application's style sheet in a theme.

    Fonts are not set here: a size in a style sheet would override those that widgets
    choose. Use :func:`font` and ``QApplication.setFont``. Dynamic properties pick the few
    variants: ``role="label"``, ``"muted"``, ``"gain"``, ``"loss"``, ``"reference"``,
    ``"compared"``, ``"badge"`` on labels, ``role="primary"`` on buttons and
    ``role="panel"`` or ``"raised"`` on frames.
    """
    hover = blend(theme.text, theme.raised, 0.06)
    pressed = blend(theme.text, theme.raised, 0.12)
    chosen = blend(theme.reference, theme.panel, 0.28)
    return f"""
QWidget {{ background: {theme.window}; color: {theme.text}; }}
QWidget:disabled {{ color: {theme.muted}; }}
QLabel, QCheckBox, QRadioButton {{ background: transparent; }}
QLabel[role="label"], QLabel[role="muted"] {{ color: {theme.muted}; }}
QLabel[role="gain"] {{ color: {theme.gain}; }}
QLabel[role="loss"] {{ color: {theme.loss}; }}
QLabel[role="reference"] {{ color: {theme.reference}; }}
QLabel[role="compared"] {{ color: {theme.compared}; }}
QLabel[role="badge"] {{
  background: {theme.raised}; color: {theme.muted};
  border-radius: {RADIUS_PX}px; padding: 2px {GRID_PX}px;
}}
QFrame[role="panel"] {{ background: {theme.panel}; border-radius: {RADIUS_PX}px; }}
QFrame[role="raised"] {{ background: {theme.raised}; border-radius: {RADIUS_PX}px; }}
QPushButton, QToolButton, QComboBox, QLineEdit, QSpinBox, QDoubleSpinBox {{
  background: {theme.raised}; border: 1px solid {theme.grid};
  border-radius: {RADIUS_PX}px; padding: 3px {GRID_PX}px; min-height: 20px;
  selection-background-color: {chosen}; selection-color: {theme.text};
}}
QPushButton:hover, QToolButton:hover, QComboBox:hover {{ background: {hover}; }}
QPushButton:pressed, QToolButton:pressed, QToolButton:checked {{ background: {pressed}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus,
QDoubleSpinBox:focus {{ border: 1px solid {theme.reference}; }}
QPushButton[role="primary"] {{
  background: {theme.reference}; color: {theme.panel}; border-color: {theme.reference};
}}
QPushButton[role="primary"]:hover {{ background: {blend(theme.reference, theme.text, 0.9)}; }}
QPushButton[role="primary"]:disabled {{
  background: {theme.raised}; color: {theme.muted}; border-color: {theme.grid};
}}
QComboBox::drop-down {{ border: none; width: 18px; }}
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{ border: none; width: 18px; }}
QComboBox QAbstractItemView, QMenu, QToolTip {{
  background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.grid};
}}
QMenu::item {{ padding: 4px 24px 4px 20px; }}
QComboBox QAbstractItemView::item {{ min-height: 23px; }}
QMenu::item:selected, QComboBox QAbstractItemView::item:selected {{
  background: {chosen}; color: {theme.text};
}}
QMenu::item:disabled {{ color: {theme.muted}; }}
QMenu::separator {{ height: 1px; background: {theme.grid}; margin: 4px 0; }}
QMenuBar {{ background: {theme.window}; }}
QMenuBar::item:selected {{ background: {theme.raised}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {theme.grid}; }}
QTabBar::tab {{
  background: transparent; color: {theme.muted}; border: none;
  border-bottom: 2px solid transparent; padding: 6px {GRID_PX * 2}px;
}}
QTabBar::tab:hover {{ color: {theme.text}; }}
QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 2px solid {theme.reference}; }}
QTableView, QTreeView, QListView, QPlainTextEdit, QTextEdit {{
  background: {theme.panel}; alternate-background-color: {theme.corner_shade};
  border: none; gridline-color: {theme.grid};
  selection-background-color: {chosen}; selection-color: {theme.text};
}}
QTableView, QTreeView {{ selection-background-color: {theme.selected_row}; }}
QHeaderView, QHeaderView::section {{
  background: {theme.panel}; border: none;
}}
QHeaderView::section {{ border-bottom: 1px solid {theme.grid}; padding: 3px 4px; }}
QTableCornerButton::section {{ background: {theme.panel}; border: none; }}
QProgressBar {{
  background: {theme.raised}; border: none; border-radius: {RADIUS_PX}px;
  text-align: center; min-height: 16px;
}}
QProgressBar::chunk {{
  background: {blend(theme.reference, theme.panel, 0.5)}; border-radius: {RADIUS_PX}px;
}}
QSplitter::handle {{ background: {theme.grid}; }}
QSplitter::handle:horizontal {{ width: 3px; }}
QSplitter::handle:vertical {{ height: 3px; }}
QStatusBar {{ color: {theme.muted}; border-top: 1px solid {theme.grid}; }}
QStatusBar::item {{ border: none; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {theme.grid}; border-radius: {RADIUS_PX}px; }}
QScrollBar::handle:hover {{ background: {theme.muted}; }}
QScrollBar::handle:vertical {{ min-height: 24px; }}
QScrollBar::handle:horizontal {{ min-width: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: transparent; border: none; width: 0; height: 0;
}}
QToolTip {{ padding: 4px; }}
"""


def chosen_theme(choice: ThemeChoice) -> Theme:
    """Return the theme; ``SYSTEM`` follows the desktop and is dark where it does not say."""
    if choice is ThemeChoice.SYSTEM:
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK
    return LIGHT if choice is ThemeChoice.LIGHT else DARK


def opposite(choice: ThemeChoice) -> ThemeChoice:
    """Return the choice that changes what is on screen."""
    return ThemeChoice.LIGHT if chosen_theme(choice).is_dark else ThemeChoice.DARK


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
