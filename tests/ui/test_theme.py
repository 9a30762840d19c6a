import re

import pytest
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from htt_desktop.ui.theme import DARK, LIGHT, Theme, blend, font, style_sheet
from tests.ui.contrast import contrast

BOTH = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


@BOTH
@pytest.mark.parametrize("ground", ["window", "panel", "raised"])
@pytest.mark.parametrize("ink", ["text", "muted"])
def test_that_text_stands_out_from_every_surface(theme: Theme, ground: str, ink: str) -> None:
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5


@BOTH
@pytest.mark.parametrize("ink", ["reference", "compared", "gain", "loss", "best"])
def test_that_coloured_figures_stand_out_from_the_panel(theme: Theme, ink: str) -> None:
    assert contrast(getattr(theme, ink), theme.panel) >= 4.5


@BOTH
@pytest.mark.parametrize("ink", ["reference", "compared"])
@pytest.mark.parametrize("ground", ["panel", "raised", "corner_shade", "yellow_phase"])
def test_that_traces_stand_out_from_panel_and_shading(theme: Theme, ink: str, ground: str) -> None:
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 3.0


@BOTH
def test_that_ribbon_figures_stand_out_from_their_cell(theme: Theme) -> None:
    for tone in (theme.gain, theme.loss):
        assert contrast(theme.text, blend(tone, theme.panel, 0.22)) >= 4.5
    assert contrast(theme.muted, blend(theme.grid, theme.panel, 0.22)) >= 4.5


@BOTH
@pytest.mark.parametrize("ink", ["text", "muted", "gain", "loss", "best"])
def test_that_figures_keep_their_colour_on_the_ground_of_a_selected_row(
    theme: Theme, ink: str
) -> None:
    assert contrast(getattr(theme, ink), theme.selected_row) >= 4.5


@BOTH
def test_that_the_primary_button_is_legible(theme: Theme) -> None:
    assert contrast(theme.panel, theme.reference) >= 4.5


@BOTH
def test_that_the_style_sheet_uses_no_colour_of_the_other_theme(theme: Theme) -> None:
    other = {LIGHT: DARK, DARK: LIGHT}[theme]
    used = set(re.findall(r"#[0-9A-Fa-f]{6}", style_sheet(theme)))
    tokens = ("window", "panel", "raised", "grid", "text", "muted", "reference", "compared")
    assert theme.window in used
    assert not used & {getattr(other, token) for token in tokens} - {theme.text, theme.window} - {
        getattr(theme, token) for token in tokens
    }


@BOTH
def test_that_qt_understands_the_whole_style_sheet(theme: Theme, qtbot: QtBot) -> None:
    said: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _context, text: said.append(text))
    try:
        button = QPushButton("Load")
        qtbot.addWidget(button)
        button.setStyleSheet(style_sheet(theme))
        button.show()
    finally:
        qInstallMessageHandler(before)
    assert not [text for text in said if "stylesheet" in text.replace(" ", "").lower()]


def test_that_figures_are_tabular(qapp: QApplication) -> None:
    assert font().isFeatureSet(font().featureTags()[0])
    assert font().featureTags()[0].toString() == b"tnum"


def test_that_themes_are_found_by_name() -> None:
    assert {theme.name: theme.is_dark for theme in (DARK, LIGHT)} == {"dark": True, "light": False}
