"""Which panels are shown, in which order, and which one keys act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from htt_desktop.ui.charts.panel_data import PanelKey


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
