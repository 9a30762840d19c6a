"""Cursor readouts and pan/zoom frames, beside plain pyqtgraph with its default settings.

Every round is one frame that is really painted: the change, then a synchronous repaint of
the window, on Qt's offscreen raster at 1920 × 1080. Medians and 95 % points are written to
``extra_info`` in milliseconds; ``HTT_BENCH_LIMITS=1`` turns the targets into assertions.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot

from htt_desktop.domain.comparison import Comparison
from htt_desktop.ui.charts.panel_data import PanelSet, prepare_panels
from htt_desktop.ui.charts.plot_stack import PlotStack
from htt_desktop.ui.charts.track_map import TrackMap
from htt_desktop.ui.theme import DARK
from tests.ui.charts.real_laps import compare

Show = Callable[[QWidget], None]

WIDTH, HEIGHT = 1920, 1080
ROUNDS = 240
CURSOR_MS, FRAME_MS = 8.0, 16.0
LENGTH_M = 3925.2


@pytest.fixture(scope="module")
def pair(data_dir: Path) -> Comparison:
    """Return the fastest clean laps of two cars in the bundled race at Indianapolis."""
    return compare(data_dir, "indianapolis", ("7", "47"))


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Callable[[QWidget], None]]:
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


def painted() -> None:
    """Deliver what the change asked for and paint it, as the event loop would."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents()


def measure(benchmark: BenchmarkFixture, step: Callable[[int], None]) -> float:
    """Run and report one frame per round; return the 95 % point in ms."""
    frames: list[tuple[float, float]] = []

    def frame() -> None:
        number = len(frames)
        start, cpu = time.perf_counter(), time.process_time()
        step(number)
        painted()
        frames.append((time.perf_counter() - start, time.process_time() - cpu))

    benchmark.pedantic(frame, rounds=ROUNDS, warmup_rounds=5)
    median, late = 1000 * np.percentile(frames[5:], [50, 95], axis=0)
    # Processor time beside the clock's tells a slow frame from a busy machine.
    benchmark.extra_info.update(
        median_ms=round(float(median[0]), 3),
        p95_ms=round(float(late[0]), 3),
        cpu_median_ms=round(float(median[1]), 3),
        cpu_p95_ms=round(float(late[1]), 3),
    )
    return float(late[0])


def hold(late_ms: float, limit_ms: float) -> None:
    """Fail above a limit where limits are asked for."""
    if os.environ.get("HTT_BENCH_LIMITS"):
        assert late_ms <= limit_ms


def view_of(number: int) -> tuple[float, float]:
    """Return a view that pans and zooms over the lap, never the same twice in a row."""
    span = LENGTH_M * (0.25 + 0.2 * np.cos(number / 9))
    start = (LENGTH_M - span) * (0.5 + 0.5 * np.sin(number / 17))
    return float(start), float(start + span)


# ------------------------------------------------------------------------------ our stack


def test_cursor_move_ours(benchmark: BenchmarkFixture, shown: Show, pair: Comparison) -> None:
    made = PlotStack(DARK)
    made.show_comparison(pair)
    shown(made)
    late = measure(benchmark, lambda n: made.set_cursor((n * 37.3) % LENGTH_M))
    hold(late, CURSOR_MS)


def test_cursor_move_with_map_ours(
    benchmark: BenchmarkFixture, shown: Show, pair: Comparison
) -> None:
    made, seen = PlotStack(DARK), TrackMap(DARK)
    made.show_comparison(pair)
    seen.show_comparison(pair)
    made.cursor_moved.connect(seen.set_cursor)
    shown(made)
    shown(seen)
    late = measure(benchmark, lambda n: made.set_cursor((n * 37.3) % LENGTH_M))
    hold(late, CURSOR_MS)


def test_pan_zoom_frame_ours(benchmark: BenchmarkFixture, shown: Show, pair: Comparison) -> None:
    made = PlotStack(DARK)
    made.show_comparison(pair)
    made.set_cursor(1000.0)
    shown(made)
    late = measure(benchmark, lambda n: made.zoom_to(*view_of(n)))
    hold(late, FRAME_MS)


def test_whole_lap_frame_ours(benchmark: BenchmarkFixture, shown: Show, pair: Comparison) -> None:
    made = PlotStack(DARK)
    made.show_comparison(pair)
    shown(made)
    late = measure(benchmark, lambda n: made.zoom_to(0.0, LENGTH_M - n % 2))
    hold(late, FRAME_MS)


def test_prepare_panels_ours(benchmark: BenchmarkFixture, pair: Comparison) -> None:
    panels = benchmark(prepare_panels, pair)
    assert len(panels.keys) == 8


def test_show_comparison_ours(
    benchmark: BenchmarkFixture, shown: Show, pair: Comparison, data_dir: Path
) -> None:
    other = compare(data_dir, "indianapolis", ("47", "7"))
    made = PlotStack(DARK)
    made.show_comparison(pair)
    shown(made)
    measure(benchmark, lambda n: made.show_comparison((pair, other)[n % 2]))


# ------------------------------------------------------- pyqtgraph as its examples use it


class PlainStack(pg.GraphicsLayoutWidget):
    """Eight linked plots with legends and a line each, nothing tuned."""

    def __init__(self, panels: PanelSet) -> None:
        super().__init__()
        self.plots: list[pg.PlotItem] = []
        self.lines: list[pg.InfiniteLine] = []
        self.readings: list[tuple[pg.LabelItem, list[tuple[np.ndarray, np.ndarray]]]] = []
        traces = [[(panels.delta.x, panels.delta.delta_s)]]
        traces += [
            [
                (trace.x, trace.value)
                for pair in panel.channels
                for trace in (pair.reference, pair.compared)
            ]
            for panel in panels.panels
        ]
        for row, lines in enumerate(traces):
            label = pg.LabelItem("", justify="left")
            self.addItem(label, row=2 * row, col=0)
            plot = self.addPlot(row=2 * row + 1, col=0)
            plot.showGrid(x=True, y=True)
            for index, (x, y) in enumerate(lines):
                style = pg.QtCore.Qt.PenStyle.DashLine if index % 2 else None
                pen = pg.mkPen((DARK.reference, DARK.compared)[index % 2], width=2, style=style)
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


def test_cursor_move_plain(benchmark: BenchmarkFixture, shown: Show, pair: Comparison) -> None:
    made = PlainStack(prepare_panels(pair))
    shown(made)
    measure(benchmark, lambda n: made.set_cursor((n * 37.3) % LENGTH_M))


def test_pan_zoom_frame_plain(benchmark: BenchmarkFixture, shown: Show, pair: Comparison) -> None:
    made = PlainStack(prepare_panels(pair))
    shown(made)
    measure(benchmark, lambda n: made.plots[0].setXRange(*view_of(n), padding=0))


def test_whole_lap_frame_plain(benchmark: BenchmarkFixture, shown: Show, pair: Comparison) -> None:
    made = PlainStack(prepare_panels(pair))
    shown(made)
    measure(benchmark, lambda n: made.plots[0].setXRange(0.0, LENGTH_M - n % 2, padding=0))
