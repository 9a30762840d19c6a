"""Colours, fonts and the one style sheet, for the dark and the light theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont

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


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    Examples
    --------
    >>> round(contrast("#FFFFFF", "#000000"), 1)
    21.0
    """
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


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

THEMES: dict[str, Theme] = {theme.name: theme for theme in (DARK, LIGHT)}
"""Themes by name."""


def font(pixels: int = BASE_PX, *, bold: bool = False) -> QFont:
    """Return the system font at a size, with figures of one width."""
    chosen = QFont()
    chosen.setPixelSize(pixels)
    chosen.setFeature(QFont.Tag("tnum"), 1)
    if bold:
        chosen.setWeight(QFont.Weight.DemiBold)
    return chosen


def style_sheet(theme: Theme) -> str:
    """Return the application's style sheet in a theme."""
    return f"""
* {{ font-size: {BASE_PX}px; }}
QWidget {{ background: {theme.window}; color: {theme.text}; }}
"""
