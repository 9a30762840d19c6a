from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from htt_desktop.sources.telemetry_source import OriginKind, TelemetryOrigin
from htt_desktop.ui.connection.source_badge import Condition, SourceBadge, badge_text
from htt_desktop.ui.theme import DARK, LIGHT
from tests.ui.contrast import contrast

NOW = datetime(2025, 5, 10, 12, tzinfo=UTC)


def origin(kind: OriginKind, age: timedelta | None = None, **more: object) -> TelemetryOrigin:
    fetched = "" if age is None else (NOW - age).isoformat()
    fields = {"label": kind.value, "created": "", "rows": 89412, "seconds": 1.44, **more}
    return TelemetryOrigin(kind=kind, fetched_at=fetched, **fields)  # type: ignore[arg-type]


def test_that_source_age_rows_and_time_are_said() -> None:
    said = badge_text(origin(OriginKind.SERVER, timedelta(minutes=1)), NOW)
    assert said.text == "● Snowflake, 1 minute old · 89,412 rows · 1.4 s"
    assert said.condition is Condition.FINE


@pytest.mark.parametrize(
    "age, words",
    [
        (timedelta(seconds=20), "fresh"),
        (timedelta(seconds=-90), "fresh"),
        (timedelta(minutes=59), "59 minutes old"),
        (timedelta(hours=1), "1 hour old"),
        (timedelta(days=12), "12 days old"),
    ],
)
def test_that_an_age_is_told_in_its_largest_unit(age: timedelta, words: str) -> None:
    assert f"cache, {words} ·" in badge_text(origin(OriginKind.CACHE, age), NOW).text


def test_that_a_pack_is_called_by_its_name_and_never_stale() -> None:
    old = (NOW - timedelta(days=400)).isoformat()
    said = badge_text(origin(OriginKind.PACK, label="pack vir_r1.parquet", created=old), NOW)
    assert said.text.startswith("● pack vir_r1.parquet ·")
    assert "Data made: 2024-" in said.tip


def test_that_cached_rows_older_than_a_day_are_stale_with_symbol_and_advice() -> None:
    said = badge_text(origin(OriginKind.CACHE, timedelta(days=2)), NOW)
    assert said.condition is Condition.STALE
    assert said.text.startswith("◷ cache, 2 days old")
    assert "Refresh" in said.tip


def test_that_missing_rows_are_said_whatever_else_there_is_to_say() -> None:
    said = badge_text(
        origin(OriginKind.CACHE, timedelta(days=2), truncated=True, notice="No line."), NOW
    )
    assert said.condition is Condition.TRUNCATED
    assert said.text.startswith("▲ cache, 2 days old, truncated")
    assert "some are missing" in said.tip
    assert "No line." in said.tip


def test_that_a_note_is_marked_and_stands_in_the_tip() -> None:
    said = badge_text(origin(OriginKind.BUNDLED, notice="Snowflake did not answer."), NOW)
    assert said.text.startswith("▲ bundled pack, see note")
    assert said.tip.endswith("Snowflake did not answer.")


def test_that_a_damaged_stamp_costs_the_age_only() -> None:
    odd = TelemetryOrigin("cache", "yesterday", 1, 0.1, OriginKind.CACHE, "the day before")
    assert badge_text(odd, NOW).text == "● cache · 1 row · 0.1 s"


def test_that_nothing_is_shown_without_telemetry(qtbot: QtBot) -> None:
    badge = SourceBadge(DARK)
    qtbot.addWidget(badge)
    badge.set_can_refresh(True)
    badge.show()
    assert badge.label.isHidden()
    assert badge.refresh.isHidden()


def test_that_refresh_is_asked_for_once_and_rests_while_it_runs(qtbot: QtBot) -> None:
    badge = SourceBadge(LIGHT)
    qtbot.addWidget(badge)
    badge.show_origin(origin(OriginKind.CACHE))
    badge.show()
    assert badge.refresh.isHidden()
    badge.set_can_refresh(True)
    with qtbot.waitSignal(badge.refresh_wanted):
        qtbot.mouseClick(badge.refresh, Qt.MouseButton.LeftButton)
    badge.set_busy(True)
    assert not badge.refresh.isEnabled()
    assert badge.refresh.text() == "Refreshing …"


def test_that_every_condition_is_legible_in_both_themes() -> None:
    for theme in (DARK, LIGHT):
        for condition in Condition:
            token = "muted" if condition is Condition.FINE else condition.value[1]
            assert contrast(getattr(theme, token), theme.raised) >= 4.0, (theme.name, condition)
