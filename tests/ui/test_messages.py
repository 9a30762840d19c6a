from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from htt_desktop.ui.messages import Level, Message, Messages
from htt_desktop.ui.window.status_line import StatusLine
from htt_desktop.ui.window.tab import Facts


def test_that_a_fault_is_logged_each_time_and_shown_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    messages = Messages()
    heard: list[Message] = []
    messages.said.connect(heard.append)
    for _ in range(3):
        messages.fault(KeyError("lap"))
    assert [message.level for message in heard] == [Level.FAULT]
    assert caplog.text.count("unexpected KeyError") == 3


def test_that_a_message_covers_the_facts_and_gives_way_to_them(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_facts(Facts("two laps", "a pack"))
    line.show_message(Message("Written."))
    assert line.left.text() == "Written."
    line._timer.timeout.emit()
    assert line.left.text() == "two laps"
    line.show_message(Message("Written."))
    line.show_facts(Facts("two other laps", "a pack"))
    assert (line.left.text(), line.right.text()) == ("two other laps", "a pack")
    assert not line._timer.isActive()


def test_that_a_warning_stays_until_its_time_is_over(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_message(Message("A pack is damaged.", Level.WARNING))
    line.show_facts(Facts("two laps", "a pack"))
    assert line.left.text() == "A pack is damaged."
    line._timer.stop()
    line._timer.timeout.emit()
    assert line.left.text() == "two laps"


def test_that_a_warning_looks_different_from_facts(qtbot: QtBot) -> None:
    line = StatusLine()
    qtbot.addWidget(line)
    line.show_message(Message("No.", Level.WARNING))
    assert line.left.property("role") == "warning"
    line._timer.stop()
    line._timer.timeout.emit()
    assert line.left.property("role") == "status"
