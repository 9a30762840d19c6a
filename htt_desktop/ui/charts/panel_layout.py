"""How the height of the stack is shared out among its panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from htt_desktop.ui.charts.panel_data import PanelKey

RIBBON_PX = 17
"""Height of the segment ribbon that closes the delta panel."""

GAP_PX = 2
"""Air between two panels."""

_WEIGHTS: dict[str, float] = {PanelKey.DELTA: 1.8, PanelKey.SPEED: 2.5, PanelKey.PEDALS: 1.4}
_LEAST_PX: dict[str, int] = {PanelKey.DELTA: 66, PanelKey.PEDALS: 60}
_LEAST_OTHER_PX = 34
_EXPANDED_WEIGHT = 40.0


@dataclass(frozen=True)
class PanelRow:
    """Vertical place of one panel in pixels; the ribbon is not part of it."""

    top: int
    height: int

    @property
    def bottom(self) -> int:
        """First pixel below the panel."""
        return self.top + self.height


def least_height(keys: Sequence[str]) -> int:
    """Return the height in pixels below which the legends of these panels do not fit."""
    ribbon = RIBBON_PX if PanelKey.DELTA in keys else 0
    return ribbon + sum(_LEAST_PX.get(key, _LEAST_OTHER_PX) + GAP_PX for key in keys)


def share_height(
    keys: Sequence[str], height: int, expanded: str | None = None
) -> dict[str, PanelRow]:
    """Return the row of each panel, top down, filling the height exactly.

    Parameters
    ----------
    keys
        Shown panels in their order.
    height
        Pixels to share. Too few are shared in the same proportions as the least heights.
    expanded
        Panel that takes all that the others do not need.
    """
    if not keys:
        return {}
    ribbon = RIBBON_PX if PanelKey.DELTA in keys else 0
    least = {key: _LEAST_PX.get(key, _LEAST_OTHER_PX) for key in keys}
    room = height - ribbon - GAP_PX * len(keys)
    spare = room - sum(least.values())
    if spare < 0:
        sizes = _exact({key: float(least[key]) for key in keys}, max(room, len(keys)))
    else:
        # Weights decide the shares; whoever would fall below its least height keeps that.
        weights = {key: _WEIGHTS.get(key, 1.0) for key in keys}
        if expanded in weights:
            weights[expanded] = _EXPANDED_WEIGHT
        sizes = _exact(_at_least(weights, least, room), room)
    rows: dict[str, PanelRow] = {}
    top = 0
    for key in keys:
        rows[key] = PanelRow(top, sizes[key])
        top += sizes[key] + GAP_PX + (RIBBON_PX if key == PanelKey.DELTA else 0)
    return rows


def overlap_rows(keys: Sequence[str], height: int) -> dict[str, PanelRow]:
    """Return rows in which all channel panels share what the delta leaves."""
    rest = [key for key in keys if key != PanelKey.DELTA]
    rows: dict[str, PanelRow] = {}
    top = 0
    if PanelKey.DELTA in keys:
        delta_px = max(_LEAST_PX[PanelKey.DELTA], height // 5)
        rows[PanelKey.DELTA.value] = PanelRow(0, delta_px)
        top = delta_px + RIBBON_PX + GAP_PX
    rows.update({key: PanelRow(top, max(height - top, 1)) for key in rest})
    return rows


def _at_least(
    weights: Mapping[str, float], least: Mapping[str, int], room: int
) -> dict[str, float]:
    fixed: dict[str, float] = {}
    while True:
        free = {key: weight for key, weight in weights.items() if key not in fixed}
        left = room - sum(fixed.values())
        unit = left / sum(free.values()) if free else 0.0
        short = {key: float(least[key]) for key in free if free[key] * unit < least[key]}
        if not short:
            return {**fixed, **{key: weight * unit for key, weight in free.items()}}
        fixed.update(short)


def _exact(sizes: Mapping[str, float], total: int) -> dict[str, int]:
    """Round sizes to whole pixels that add up to the total."""
    scale = total / sum(sizes.values())
    edges = [0.0]
    for size in sizes.values():
        edges.append(edges[-1] + size * scale)
    whole = [round(edge) for edge in edges]
    return {key: whole[i + 1] - whole[i] for i, key in enumerate(sizes)}


def stacked_legends(rows: Mapping[str, PanelRow], height: int) -> dict[str, PanelRow]:
    """Return legend rows one below the other for panels that overlap."""
    rest = [key for key in rows if key != PanelKey.DELTA]
    legends = {key: row for key, row in rows.items() if key == PanelKey.DELTA}
    if rest:
        top = rows[rest[0]].top
        below = share_height(rest, height - top)
        legends.update({key: PanelRow(row.top + top, row.height) for key, row in below.items()})
    return legends


class PanelOrder:
    """Order and visibility of the panels; survives comparisons that lack some of them.

    Attributes
    ----------
    present
        Panels the comparison has data for.
    expanded, selected
        Keys, or ``None``.
    """

    def __init__(self) -> None:
        self._order: list[str] = [key.value for key in PanelKey]
        self._hidden: set[str] = set()
        self.present: tuple[str, ...] = ()
        self.expanded: str | None = None
        self.selected: str | None = None

    def keys(self) -> tuple[str, ...]:
        """Return the present panels in order, hidden ones too."""
        return tuple(key for key in self._order if key in self.present)

    def shown(self) -> tuple[str, ...]:
        """Return the panels on screen in order."""
        return tuple(key for key in self.keys() if key not in self._hidden)

    def set_present(self, keys: Sequence[str]) -> None:
        """Take note of the panels that have data."""
        self.present = tuple(str(key) for key in keys)
        if self.expanded not in self.present:
            self.expanded = None
        if self.selected not in self.shown():
            self.selected = next((key for key in self.shown() if key != PanelKey.DELTA), None)

    def toggle(self, key: str) -> bool:
        """Hide or show a panel; the last one on screen stays. Return whether it changed."""
        if key in self._hidden:
            self._hidden.discard(key)
            return True
        if key not in self.shown() or len(self.shown()) < 2:
            return False
        self._hidden.add(key)
        if self.expanded == key:
            self.expanded = None
        if self.selected == key:
            self.selected = self.shown()[0]
        return True

    def expand(self, index: int) -> None:
        """Expand the ``index``-th shown panel, from 1, or undo it."""
        shown = self.shown()
        if 1 <= index <= len(shown):
            key = shown[index - 1]
            self.expanded = None if self.expanded == key else key
            self.selected = key

    def show_all(self) -> None:
        """Show every panel at its usual height."""
        self._hidden.clear()
        self.expanded = None

    def move(self, key: str, position: int) -> None:
        """Move a panel to a place among the shown ones, from 0."""
        rest = [other for other in self.shown() if other != key]
        self._order.remove(key)
        position = max(0, min(position, len(rest)))
        place = self._order.index(rest[position]) if position < len(rest) else len(self._order)
        self._order.insert(place, key)

    def as_layout(self) -> dict[str, list[str]]:
        """Return plain data for the settings."""
        return {"order": list(self._order), "hidden": sorted(self._hidden)}

    def take_layout(self, layout: Mapping[str, Sequence[str]]) -> None:
        """Take over plain data; unknown keys are dropped, forgotten ones appended."""
        known = [key.value for key in PanelKey]
        wanted = [key for key in dict.fromkeys(layout.get("order", ())) if key in known]
        self._order = wanted + [key for key in known if key not in wanted]
        hidden = {key for key in layout.get("hidden", ()) if key in known}
        self._hidden = hidden if len(hidden) < len(known) else set()
        self.set_present(self.present)
