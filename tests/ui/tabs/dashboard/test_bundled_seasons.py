from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import number_order
from htt_desktop.sources.season.files import read_season
from htt_desktop.ui.tabs.dashboard.columns import PLACE_OF, STANDINGS_COLUMNS, ColumnId
from htt_desktop.ui.wording.formats import MISSING
from tests.ui.tabs.dashboard.conftest import Dashboard

GUESTS = {"Liam Harrison", "Henry Drury", "Michael Edwards", "Ramon Llano"}


@pytest.fixture
def bundled(qtbot: QtBot, data_dir: Path, empty: Dashboard) -> Dashboard:
    """Return a tab over the season 2025."""
    empty.seasons.show(read_season(data_dir / "season" / "2025"))
    return empty


def test_that_every_driver_of_2025_has_a_row_and_only_guests_lack_a_rank(
    bundled: Dashboard,
) -> None:
    ranks = bundled.column(PLACE_OF[ColumnId.RANK])
    names = bundled.column(PLACE_OF[ColumnId.NAME])
    assert ranks[:41] == [str(rank) for rank in range(1, 42)]
    assert ranks[41:] == [MISSING] * 4
    assert set(names[41:]) == GUESTS
    assert bundled.tab.page.standings.count.text() == "45 drivers"


def test_that_3_and_03_are_two_drivers(bundled: Dashboard) -> None:
    bundled.tab.page.standings.filter.setText("kos")
    assert bundled.column(PLACE_OF[ColumnId.NUMBER]) == ["3"]
    bundled.tab.page.standings.filter.setText("03")
    assert bundled.column(PLACE_OF[ColumnId.NAME]) == ["Karl Forman"]


def test_that_every_column_of_2025_is_in_order(bundled: Dashboard) -> None:
    for place in range(1, len(STANDINGS_COLUMNS)):
        bundled.view.sort_by(place)
        values = [row.cells[place].value for row in bundled.view.rows.rows]
        known = [value for value in values if value is not None]
        assert None not in values[: len(known)]
        assert known in (sorted(known), sorted(known, reverse=True))
    bundled.view.sort_by(PLACE_OF[ColumnId.NUMBER])
    numbers = bundled.column(PLACE_OF[ColumnId.NUMBER])
    assert numbers == sorted(numbers, key=number_order)


def test_that_2024_is_shown_with_what_its_sheets_carry(data_dir: Path, bundled: Dashboard) -> None:
    season = read_season(data_dir / "season" / "2024")
    bundled.seasons.show(season)
    assert sorted(bundled.view.shown) == sorted(season.drivers)
    assert "season 2024" in str(bundled.tab.page.bar.season.currentText()).lower()
