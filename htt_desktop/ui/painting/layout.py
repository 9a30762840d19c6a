"""Where everything of a scene goes in a widget of some size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPolygonF

from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.painting.labels import PlacedLabel, beside_places, end_places
from htt_desktop.ui.painting.scales import tick_decimals, ticks
from htt_desktop.ui.painting.scene import Axis, LegendEntry, Role, Scene

PAD_PX = 8.0
SAMPLE_PX = 18.0
_TICK_ROOM_PX = 64.0
_TICK_ROW_PX = 24.0
_MOST_TICKS = 12
_SMALLEST_PX = 24.0
_HIGH_LINES = 20
_FEWEST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class AxisScale:
    """Values to pixels along one axis."""

    low: float
    high: float
    at_low: float
    at_high: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        share = (value - self.low) / (self.high - self.low)
        return self.at_low + share * (self.at_high - self.at_low)

    def of(self, values: Sequence[float]) -> FloatArray:
        """Return the pixels of many values."""
        share = (np.asarray(values, dtype=np.float64) - self.low) / (self.high - self.low)
        return self.at_low + share * (self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its left end and baseline."""

    x: float
    y: float
    text: str
    role: Role = Role.FIELD


@dataclass(slots=True)
class Layout:
    """A scene in pixels."""

    area: QRectF
    x_of: AxisScale
    y_of: AxisScale
    x_grid: list[float] = field(default_factory=list)
    y_grid: list[float] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    samples: list[tuple[float, float, Role]] = field(default_factory=list)
    labels: list[PlacedLabel] = field(default_factory=list)
    polygons: list[QPolygonF] = field(default_factory=list)
    footnote: QRectF = field(default_factory=QRectF)


def lay_out(scene: Scene, width: float, height: float, metrics: QFontMetricsF) -> Layout:
    """Return where everything goes; a widget of any size gets a picture."""
    line = metrics.height()
    y_ticks = _ticks(scene.y, min(_MOST_TICKS, max(1, int((height - 5 * line) / _TICK_ROW_PX))))
    left = PAD_PX + 6 + max((metrics.horizontalAdvance(text) for _, text in y_ticks), default=0.0)
    head, samples, head_rows = _head(scene, width, height, metrics)
    top = head_rows * (line + 3) + 4
    bottom = height - 4 - (line + 2 if scene.footnote else 0)
    footnote = QRectF(PAD_PX, bottom, width - 2 * PAD_PX, line) if scene.footnote else QRectF()
    title_fits = metrics.horizontalAdvance(scene.x.title) <= left - PAD_PX - 8
    if scene.x.cells:
        rows = 2 + max(len(cell.notes) for cell in scene.x.cells)
    else:
        rows = 1 if title_fits or not scene.x.title else 2
    area_bottom = max(bottom - rows * line - 4, top + _SMALLEST_PX)
    y_ends = (top, area_bottom) if scene.y.is_inverted else (area_bottom, top)
    y_of = AxisScale(scene.y.low, scene.y.high, *y_ends)
    ends = [label for label in scene.labels if label.at_end]
    heights = sorted(y_of(label.y) for label in ends)
    is_crowded = any(below - above < line - 1 for above, below in pairwise(heights))
    columns = 2 if is_crowded else 1
    column = 6 + max((metrics.horizontalAdvance(label.text) for label in ends), default=0.0)
    right = width - (columns * column + 6 if ends else PAD_PX + 4)
    right = max(right, left + _SMALLEST_PX)
    area = QRectF(left, top, right - left, area_bottom - top)
    x_of = AxisScale(scene.x.low, scene.x.high, area.left(), area.right())
    found = Layout(area, x_of, y_of, texts=head, samples=samples, footnote=footnote)
    for value, text in y_ticks:
        y = y_of(value)
        found.y_grid.append(y)
        size = metrics.horizontalAdvance(text)
        found.texts.append(Text(left - 6 - size, y + metrics.ascent() / 2 - 1, text))
    _lay_out_x(found, scene.x, metrics, title_fits=title_fits)
    if scene.footnote:
        shown = elided(scene.footnote, footnote.width(), metrics)
        found.texts.append(Text(footnote.left(), footnote.top() + metrics.ascent(), shown))
    for polyline in scene.lines:
        x, y = x_of.of(polyline.x).tolist(), y_of.of(polyline.y).tolist()
        found.polygons.append(QPolygonF([QPointF(*at) for at in zip(x, y, strict=True)]))
    if ends:
        anchors = [(x_of(label.x), y_of(label.y)) for label in ends]
        found.labels += end_places(ends, anchors, area, columns, column, line)
    others = [label for label in scene.labels if not label.at_end]
    if others:
        found.labels += beside_places(others, scene.marks, x_of, y_of, area, metrics)
    return found


def elided(text: str, room: float, metrics: QFontMetricsF) -> str:
    """Return a text shortened to a width, with an ellipsis at its end."""
    if metrics.horizontalAdvance(text) <= room:
        return text
    while text and metrics.horizontalAdvance(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def abbreviated(name: str, room: float, metrics: QFontMetricsF) -> str:
    """Return a name shortened to a width: first letters alone where they must do."""
    shown = elided(name, room, metrics)
    if shown == name or len(shown) > _FEWEST_LETTERS:
        return shown
    letters = [name[:count] for count in range(_FEWEST_LETTERS, 0, -1)]
    return next((part for part in letters if metrics.horizontalAdvance(part) <= room), "")


def _ticks(axis: Axis, most: int) -> list[tuple[float, str]]:
    if axis.cells:
        return []
    values = ticks(axis.low, axis.high, most)
    step = values[1] - values[0] if len(values) > 1 else axis.high - axis.low
    if axis.is_whole:
        values = tuple(value for value in values if value == round(value))
        step = max(step, 1.0)
    if axis.first is not None:
        air = 0.6 * step
        values = (axis.first, *(value for value in values if value - axis.first >= air))
    air = 0.5 * step
    shown = [value for value in values if all(abs(value - at) >= air for at, _ in axis.named)]
    return [(value, axis.write(value, tick_decimals(step))) for value in shown] + list(axis.named)


def _lay_out_x(found: Layout, axis: Axis, metrics: QFontMetricsF, *, title_fits: bool) -> None:
    area, line = found.area, metrics.height()
    baseline = area.bottom() + 4 + metrics.ascent()
    if axis.cells:
        _lay_out_cells(found, axis, metrics)
    else:
        for value, text in _ticks(
            axis, min(_MOST_TICKS, max(1, int(area.width() / _TICK_ROOM_PX)))
        ):
            x = found.x_of(value)
            found.x_grid.append(x)
            size = metrics.horizontalAdvance(text)
            start = min(max(x - size / 2, 0.0), area.right() + 10 - size)
            found.texts.append(Text(start, baseline, text))
    if title_fits:
        found.texts.append(Text(PAD_PX, baseline, axis.title))
    elif axis.title and not axis.cells:
        title = elided(axis.title, area.right() - PAD_PX, metrics)
        start = area.right() - metrics.horizontalAdvance(title)
        found.texts.append(Text(start, baseline + line, title))


def _lay_out_cells(found: Layout, axis: Axis, metrics: QFontMetricsF) -> None:
    area, line = found.area, metrics.height()
    baseline = area.bottom() + 4 + metrics.ascent()
    pitch = abs(found.x_of(1.0) - found.x_of(0.0))
    groups: list[tuple[str, float, float]] = []
    notes = max(len(cell.notes) for cell in axis.cells)
    last_end = [0.0] * (1 + notes)
    if notes:
        found.texts.append(Text(PAD_PX, baseline + 2 * line, axis.note))
    for cell in axis.cells:
        x = found.x_of(cell.at)
        if groups and groups[-1][0] == cell.group:
            groups[-1] = (cell.group, groups[-1][1], x + pitch / 2)
        else:
            groups.append((cell.group, x - pitch / 2, x + pitch / 2))
        for row, (text, role) in enumerate(((cell.text, Role.FIELD), *cell.notes)):
            size = metrics.horizontalAdvance(text)
            if text and x - size / 2 >= last_end[row]:
                last_end[row] = x + size / 2 + 3
                y = baseline + (row + bool(row)) * line
                found.texts.append(Text(x - size / 2, y, text, role))
    for name, start, end in groups:
        found.x_grid.append(start)
        shown = abbreviated(name, end - start - 2, metrics)
        left = (start + end - metrics.horizontalAdvance(shown)) / 2
        found.texts.append(Text(left, baseline + line, shown))


def _head(
    scene: Scene, width: float, height: float, metrics: QFontMetricsF
) -> tuple[list[Text], list[tuple[float, float, Role]], int]:
    """Return title and legend: in one row where they fit, short or in more rows where not."""
    line = metrics.height()
    title = elided(scene.y.title, width - 2 * PAD_PX, metrics)
    texts = [Text(PAD_PX, 2 + metrics.ascent(), title)]
    samples: list[tuple[float, float, Role]] = []
    start = PAD_PX + metrics.horizontalAdvance(title) + (14 if title else 0)
    row = 0
    keys: list[tuple[LegendEntry, str]] = []
    # The longest wording that fits into one row; high charts have room for two.
    rows = 1.0 if height < _HIGH_LINES * line else 1.8
    for level in range(max((len(key.texts) for key in scene.legend), default=0)):
        worded = [(key, key.texts[min(level, len(key.texts) - 1)]) for key in scene.legend]
        keys = [(key, text) for key, text in worded if text]
        if start + sum(_key_width(text, key, metrics) for key, text in keys) <= rows * width:
            break
    x = start
    for key, text in keys:
        size = _key_width(text, key, metrics)
        if x + size > width + 14 and x > PAD_PX:
            row, x = row + 1, PAD_PX
        y = 2 + row * (line + 3)
        if key.role is not Role.PLAIN:
            samples.append((x, y + line / 2, key.role))
            x += SAMPLE_PX + 5
            size -= SAMPLE_PX + 5
        texts.append(Text(x, y + metrics.ascent(), elided(text, width - x - 2, metrics), key.role))
        x += size
    return texts, samples, row + 1


def _key_width(text: str, key: LegendEntry, metrics: QFontMetricsF) -> float:
    sample = 0.0 if key.role is Role.PLAIN else SAMPLE_PX + 5
    return sample + metrics.horizontalAdvance(text) + 14
