from __future__ import annotations

import pytest
from PySide6.QtWidgets import QStyle, QStyleOptionSpinBox
from pytestqt.qtbot import QtBot

from htt_desktop.ui.tabs.improve.nudge_bar import NudgeBar
from htt_desktop.ui.theme import DARK, LIGHT, Theme, style_sheet


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_that_the_buttons_of_the_shift_show_arrows(qtbot: QtBot, theme: Theme) -> None:
    bar = NudgeBar()
    qtbot.addWidget(bar)
    bar.setStyleSheet(style_sheet(theme))
    bar.show()
    qtbot.waitExposed(bar)
    offset = bar.offset
    option = QStyleOptionSpinBox()
    offset.initStyleOption(option)
    image = offset.grab().toImage()
    for button in (QStyle.SubControl.SC_SpinBoxUp, QStyle.SubControl.SC_SpinBoxDown):
        kind = QStyle.ComplexControl.CC_SpinBox
        # Two pixels short of the edge, which is the frame of the whole field.
        place = offset.style().subControlRect(kind, option, button, offset).adjusted(2, 2, -2, -2)
        colors = {
            image.pixelColor(x, y).name()
            for x in range(place.left(), place.right())
            for y in range(place.top(), place.bottom())
        }
        assert len(colors) > 1


def test_that_the_buttons_shift_by_half_a_metre(qtbot: QtBot) -> None:
    bar = NudgeBar()
    qtbot.addWidget(bar)
    with qtbot.waitSignal(bar.nudged) as nudged:
        bar.offset.stepUp()
    assert nudged.args == [0.5]
