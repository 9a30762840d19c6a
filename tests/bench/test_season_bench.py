"""The season tabs: switching tab or driver to the painted screen, sorting, memory.

Every round is a change, the delivery of everything it asked for, and painting of the whole real
window on Qt's offscreen raster at 1920 × 1080, with the bundled season. The alternative fills a
plain ``QTableWidget`` with the same standings and sorts it.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QTableView, QTableWidget, QTableWidgetItem
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.all_tabs import tab_slots
from htt_desktop.ui.season_charts.points import PointsChart
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tabs.driver.tab import DriverTab
from htt_desktop.ui.theme import DARK
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.wiring.telemetry import known_tracks, pack_comparer, season_loader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from tests.bench.results import Results, Row, Target
from tests.bench.stopwatch import Took, spread, timed
from tests.bench.whole_season import whole_season

WIDTH, HEIGHT = 1920, 1080
SWITCH_MS, SORT_MS, MEMORY_MB = 50.0, 30.0, 250.0
ROUNDS, QUICK_ROUNDS = 120, 40
WARM_UP = 6
PLAIN_TABLE = "plain QTableWidget"


@pytest.fixture
def desktop(qtbot: QtBot, tmp_path: Path) -> Iterator[Desktop]:
    """Return the real window over the bundled season, at the Dashboard."""
    seasons = season_loader()
    seasons.open_now()
    assert seasons.season is not None
    loader = TelemetryLoader(pack_comparer)
    made = Desktop(Settings(tmp_path / "settings.json"), loader, known_tracks(), seasons)
    made.open(Selection(RaceKey(2025, "indianapolis", 1)), tab_slots, "Dashboard")
    made.window.resize(WIDTH, HEIGHT)
    made.fill()
    painted()
    with qtbot.waitSignal(seasons.laps_changed):
        seasons.request_laps()
    yield made
    assert made.shutdown()
    made.window.close()
    made.window.deleteLater()


def painted() -> None:
    """Deliver what the change asked for and paint it, as the event loop would."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents()


def frames(steps: Sequence[Callable[[], object]]) -> list[Took]:
    """Return how long each change took to the painted screen, without the first few."""

    def frame(step: Callable[[], object]) -> None:
        step()
        painted()

    return [timed(partial(frame, step)) for step in steps][WARM_UP:]


def rounds_of(results: Results) -> int:
    return (QUICK_ROUNDS if results.quick else ROUNDS) + WARM_UP


def add(
    results: Results, what: str, ours: Sequence[Took], limit_ms: float, plain: Sequence[Took] = ()
) -> None:
    found, other = spread(ours), spread(plain) if plain else None
    results.add(
        Row(
            "season tabs",
            f"{what}, p95 (median {found.median_ms:.1f})",
            found.p95_ms,
            "ms",
            Target(limit_ms),
            PLAIN_TABLE if other else "",
            other.p95_ms if other else None,
            found.busy_p95_ms,
            {"rounds": found.rounds, "median_ms": found.median_ms, "fastest_ms": found.fastest_ms},
        )
    )


def test_switching_tabs(results: Results, desktop: Desktop) -> None:
    titles = itertools.cycle(("Driver", "Dashboard"))
    tabs = desktop.window.tabs
    steps = [partial(tabs.show_tab, next(titles)) for _ in range(rounds_of(results))]
    add(results, "Dashboard to Driver and back", frames(steps), SWITCH_MS)


def test_switching_drivers(results: Results, desktop: Desktop) -> None:
    season = desktop.seasons.season
    assert season is not None
    desktop.window.tabs.show_tab("Driver")
    painted()
    tab = desktop.window.tabs.built[-1]
    assert isinstance(tab, DriverTab)
    drawer = tab.page.sections.drawer
    for place in range(drawer.count()):
        drawer.setCurrentIndex(place)
        painted()
        drivers = itertools.cycle(season.drivers)
        rounds = rounds_of(results) // 2
        steps = [partial(desktop.state.choose_driver, next(drivers)) for _ in range(rounds)]
        add(results, f"next driver, {drawer.tabText(place)} in front", frames(steps), SWITCH_MS)
    desktop.state.choose_rival(next(iter(season.drivers)))
    drivers = itertools.cycle(list(season.drivers)[1:])
    steps = [partial(desktop.state.choose_driver, next(drivers)) for _ in range(rounds_of(results))]
    add(results, "next driver with a rival", frames(steps), SWITCH_MS)


def test_sorting_the_standings(results: Results, desktop: Desktop, qtbot: QtBot) -> None:
    season = desktop.seasons.season
    assert season is not None
    view = desktop.window.tabs.built[0].findChild(QTableView)
    assert view is not None
    plain = QTableWidget(len(season.drivers), view.model().columnCount())
    for row, column in itertools.product(range(plain.rowCount()), range(plain.columnCount())):
        item = QTableWidgetItem()
        item.setData(Qt.ItemDataRole.DisplayRole, view.model().index(row, column).data())
        plain.setItem(row, column, item)
    qtbot.addWidget(plain)
    plain.resize(view.size())
    plain.show()
    painted()
    columns = itertools.cycle(range(1, view.model().columnCount()))
    orders = itertools.cycle((Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder))
    turns = [(next(columns), next(orders)) for _ in range(rounds_of(results))]
    ours = frames([partial(view.sortByColumn, *turn) for turn in turns])
    theirs = frames([partial(plain.sortByColumn, *turn) for turn in turns])
    add(results, "sort the standings", ours, SORT_MS, theirs)


def test_painting_a_chart_of_many_drivers(results: Results, quick: bool, qtbot: QtBot) -> None:
    season, _laps = whole_season()
    names = list(season.drivers)
    chart = PointsChart(DARK)
    qtbot.addWidget(chart)
    chart.resize(900, 400)
    image = QImage(900, 400, QImage.Format.Format_ARGB32_Premultiplied)

    def paint(name: str) -> None:
        chart.show_season(season, names, name, None)
        chart.render(image)

    paint(names[0])
    took = [timed(partial(paint, name)) for name in names[: 10 if quick else 30]]
    found = spread(took)
    what = f"points of {len(names)} drivers, laid out and painted"
    results.add(Row("season charts", what, found.median_ms, "ms", busy=found.busy_median_ms))


def test_memory_of_the_season_tabs(
    results: Results, tmp_path: Path, plain_environment: dict[str, str]
) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench.season_visit"],
        cwd=tmp_path,
        env=plain_environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    visited = json.loads(answer.stdout)
    for what in visited:
        results.add(
            Row(
                "season tabs",
                f"resident memory, {what}",
                round(visited[what]),
                "MB",
                Target(MEMORY_MB),
            )
        )
