"""Cursor readouts and pan/zoom frames, beside plain pyqtgraph with its default settings.

Every round is one frame that is really painted: the change, then delivery and painting of
everything it asked for, on Qt's offscreen raster at 1920 × 1080. The laps are the ones the
application opens with. Measured are the stack alone, and the whole window with map, tables
and lap strips.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.charts.panel_data import PanelSet, prepare_panels
from htt_desktop.ui.charts.plot_stack import PlotStack
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tabs.improve.tab import ImproveTab
from htt_desktop.ui.theme import DARK
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.ui.window.tab import TabParts, TabSlot
from htt_desktop.wiring.telemetry import known_tracks, pack_comparer
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.bench.results import Results, Row, Target
from tests.bench.stopwatch import Took, spread, timed
from tests.bench.test_compare_bench import CARS, compare
from tests.bench.whole_races import INDIANAPOLIS, pack_of

Show = Callable[[QWidget], None]
Line = tuple[FloatArray, FloatArray]

WIDTH, HEIGHT = 1920, 1080
ROUNDS, QUICK_ROUNDS = 240, 80
CURSOR_MS, FRAME_MS = 8.0, 16.0
PLAIN_NAME = "plain pyqtgraph, eight plots"


@pytest.fixture(scope="module")
def pair() -> Comparison:
    """Return the two laps the application opens with."""
    return compare(pack_comparer([pack_of(INDIANAPOLIS)]), INDIANAPOLIS, None, None).comparison


@pytest.fixture(scope="module")
def other() -> Comparison:
    """Return two other laps of the same cars."""
    return compare(pack_comparer([pack_of(INDIANAPOLIS)]), INDIANAPOLIS, 4, 4).comparison


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Show]:
    """Return a function that shows a widget and keeps it until it is closed."""
    kept: list[QWidget] = []

    def show(widget: QWidget) -> None:
        # A window that nobody holds may be collected while it paints itself.
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(WIDTH, HEIGHT)
        widget.show()
        qtbot.waitExposed(widget)
        QApplication.processEvents()

    yield show
    kept.clear()


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path) -> Iterator[ImproveTab]:
    """Return the Improve tab of a whole window with the bundled race on it."""
    loader = TelemetryLoader(lambda: pack_comparer([pack_of(INDIANAPOLIS)]))
    desktop = Desktop(Settings(tmp_path / "settings.json"), loader, known_tracks())
    made: list[ImproveTab] = []

    def make(parts: TabParts) -> ImproveTab:
        made.append(ImproveTab(parts))
        return made[0]

    def tabs(parts: TabParts) -> list[TabSlot]:
        return [TabSlot("Improve", partial(make, parts))]

    first, second = (LapChoice(number) for number in CARS)
    with qtbot.waitSignal(loader.loaded):
        desktop.open(Selection(INDIANAPOLIS, first, second), tabs, "Improve")
        desktop.window.resize(WIDTH, HEIGHT)
        desktop.fill()
    painted()
    yield made[0]
    assert desktop.shutdown()
    desktop.window.close()
    desktop.window.deleteLater()


def painted() -> None:
    """Deliver what the change asked for and paint it, as the event loop would."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents()


def measured(step: Callable[[int], object], rounds: int) -> list[Took]:
    """Return how long each frame took, without the first five."""

    def frame(number: int) -> None:
        step(number)
        painted()

    return [timed(partial(frame, number)) for number in range(rounds + 5)][5:]


def rounds_of(results: Results) -> int:
    return QUICK_ROUNDS if results.quick else ROUNDS


def add(
    results: Results,
    what: str,
    ours: Sequence[Took],
    limit_ms: float | None = None,
    plain: Sequence[Took] = (),
) -> None:
    found = spread(ours)
    other = spread(plain) if plain else None
    results.add(
        Row(
            "charts",
            f"{what}, p95 (median {found.median_ms:.1f})",
            found.p95_ms,
            "ms",
            None if limit_ms is None else Target(limit_ms),
            PLAIN_NAME if other else "",
            other.p95_ms if other else None,
            found.busy_p95_ms,
            asdict(found) | {f"plain_{n}": v for n, v in (asdict(other) if other else {}).items()},
        )
    )


def view_of(number: int, length_m: float) -> tuple[float, float]:
    """Return a view that pans and zooms over the lap, never the same twice in a row."""
    span = length_m * (0.25 + 0.2 * np.cos(number / 9))
    start = (length_m - span) * (0.5 + 0.5 * np.sin(number / 17))
    return float(start), float(start + span)


# ------------------------------------------------------- pyqtgraph as its examples use it


def traces_of(panels: PanelSet) -> list[list[Line]]:
    """Return the curves of each plot, the delta first."""
    return [
        [(panels.delta.x, panels.delta.delta_s)],
        *(
            [
                (trace.x, trace.value)
                for pair in panel.channels
                for trace in (pair.reference, pair.compared)
            ]
            for panel in panels.panels
        ),
    ]


class PlainStack(pg.GraphicsLayoutWidget):
    """Eight linked plots with legends and a line each, nothing tuned."""

    def __init__(self, panels: PanelSet) -> None:
        super().__init__()
        self.plots: list[pg.PlotItem] = []
        self.lines: list[pg.InfiniteLine] = []
        self.readings: list[tuple[pg.LabelItem, list[Line]]] = []
        for row, lines in enumerate(traces_of(panels)):
            label = pg.LabelItem("", justify="left")
            self.addItem(label, row=2 * row, col=0)
            plot = self.addPlot(row=2 * row + 1, col=0)
            plot.showGrid(x=True, y=True)
            for index, (x, y) in enumerate(lines):
                style = pg.QtCore.Qt.PenStyle.DashLine if index % 2 else None
                pen = pg.mkPen((DARK.reference, DARK.compared)[index % 2], style=style)
                plot.plot(x, y, pen=pen)
            line = pg.InfiniteLine(angle=90)
            plot.addItem(line)
            if self.plots:
                plot.setXLink(self.plots[0])
            self.plots.append(plot)
            self.lines.append(line)
            self.readings.append((label, lines))

    def set_cursor(self, distance_m: float) -> None:
        """Move every line and write every value."""
        for line in self.lines:
            line.setValue(distance_m)
        for label, lines in self.readings:
            values = [float(np.interp(distance_m, x, y)) for x, y in lines]
            label.setText("  ".join(f"{value:.1f}" for value in values))

    def show_laps(self, panels: PanelSet) -> None:
        """Put other laps into the curves there are."""
        curves = [item for plot in self.plots for item in plot.listDataItems()]
        for curve, (x, y) in zip(curves, itertools.chain(*traces_of(panels)), strict=True):
            curve.setData(x, y)


@pytest.fixture(scope="module")
def plain(
    qapp: QApplication, results: Results, pair: Comparison, other: Comparison
) -> dict[str, list[Took]]:
    """Return the frames of the plain stack."""
    length_m, rounds = pair.track.length_m, rounds_of(results)
    panels = [prepare_panels(pair), prepare_panels(other)]
    made = PlainStack(panels[0])
    made.resize(WIDTH, HEIGHT)
    made.show()
    painted()
    first = made.plots[0]
    frames = {
        "cursor": measured(lambda n: made.set_cursor((n * 37.3) % length_m), rounds),
        "pan": measured(lambda n: first.setXRange(*view_of(n, length_m), padding=0), rounds),
        "lap": measured(lambda n: first.setXRange(0.0, length_m - n % 2, padding=0), rounds),
        "laps": measured(lambda n: made.show_laps(panels[n % 2]), rounds // 4),
    }
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return frames


# ------------------------------------------------------------------------------- measured


def test_frames(
    results: Results, shown: Show, pair: Comparison, plain: dict[str, list[Took]]
) -> None:
    length_m, rounds = pair.track.length_m, rounds_of(results)
    stack = PlotStack(DARK)
    stack.show_comparison(pair)
    shown(stack)
    assert len(prepare_panels(pair).keys) == 8
    cursor = measured(lambda n: stack.set_cursor((n * 37.3) % length_m), rounds)
    add(results, "cursor move with its readouts", cursor, CURSOR_MS, plain["cursor"])
    pan = measured(lambda n: stack.zoom_to(*view_of(n, length_m)), rounds)
    add(results, "pan and zoom frame", pan, FRAME_MS, plain["pan"])
    lap = measured(lambda n: stack.zoom_to(0.0, length_m - n % 2), rounds)
    add(results, "frame of the whole lap", lap, FRAME_MS, plain["lap"])


def test_frames_of_the_whole_window(
    results: Results, tab: ImproveTab, plain: dict[str, list[Took]]
) -> None:
    stack, rounds = tab.page.stack, rounds_of(results)
    assert tab.page.loaded is not None
    length_m = tab.page.loaded.comparison.track.length_m
    cursor = measured(lambda n: stack.set_cursor((n * 37.3) % length_m), rounds)
    add(results, "cursor move, whole window", cursor, CURSOR_MS, plain["cursor"])
    pan = measured(lambda n: stack.zoom_to(*view_of(n, length_m)), rounds)
    add(results, "pan and zoom frame, whole window", pan, FRAME_MS, plain["pan"])


def test_other_laps(
    results: Results,
    shown: Show,
    pair: Comparison,
    other: Comparison,
    plain: dict[str, list[Took]],
) -> None:
    stack = PlotStack(DARK)
    stack.show_comparison(pair)
    shown(stack)
    rounds = rounds_of(results) // 4
    took = measured(lambda n: stack.show_comparison((pair, other)[n % 2]), rounds)
    add(results, "draw two other laps", took, None, plain["laps"])
