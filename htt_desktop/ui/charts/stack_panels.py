"""Commands of the stack that concern its panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from htt_desktop.domain.field_reference import FieldReference
from htt_desktop.ui.charts.panel_data import PanelKey
from htt_desktop.ui.charts.stack_frame import StackFrame
from htt_desktop.ui.wording.formats import UnitSystem


class StackPanels(StackFrame):
    """Choosing, hiding, moving, expanding and overlapping panels."""

    def panel_keys(self) -> tuple[str, ...]:
        """Return the panels that have data, in their order on screen, hidden ones too."""
        return self._order.keys()

    @property
    def selected_panel(self) -> str | None:
        """Key of the panel that keys act on."""
        return self._order.selected

    def select_panel(self, key: str) -> None:
        """Choose the panel that keys act on."""
        if key in self._order.shown() and key != self._order.selected:
            self._order.selected = key
            self._margin.set_selected(key)
            if self._overlapped:
                self._arrange()
            self.panel_selected.emit(key)

    def panel_at(self, pixel: int) -> str | None:
        """Return the panel at a height of the canvas, the front one where panels overlap."""
        return self._margin.key_at(pixel)

    def is_panel_shown(self, key: str) -> bool:
        """Return whether a panel is on screen."""
        return key in self._order.shown()

    def toggle_panel(self, key: str) -> None:
        """Hide a panel, or show it again; the last one stays."""
        if self._order.toggle(key):
            self._arrange()
            self.layout_changed.emit()

    def expand_panel(self, index: int) -> None:
        """Give most of the height to the ``index``-th shown panel, from 1; again undoes it."""
        self._order.expand(index)
        self._arrange()
        self.layout_changed.emit()

    def show_all_panels(self) -> None:
        """Show every panel, tiled, at its usual height."""
        self._order.show_all()
        self._overlapped = False
        self._arrange()
        self.layout_changed.emit()

    def move_panel(self, key: str, position: int) -> None:
        """Move a panel to a place among the shown ones, from 0."""
        if key in self.panel_keys():
            self._order.move(key, position)
            self._arrange()
            self.layout_changed.emit()

    def panel_layout(self) -> dict[str, list[str]]:
        """Return order and hidden panels as plain data for the settings."""
        return self._order.as_layout()

    def restore_layout(self, layout: Mapping[str, Sequence[str]]) -> None:
        """Take over what :meth:`panel_layout` returned; unknown keys are ignored."""
        self._order.take_layout(layout)
        self._arrange()

    def toggle_overlap(self) -> None:
        """Lay the channel panels over one another, or tile them again."""
        self._overlapped = not self._overlapped
        self._arrange()

    @property
    def is_overlapped(self) -> bool:
        """Whether the channel panels lie over one another."""
        return self._overlapped

    def toggle_difference(self) -> None:
        """Show the selected channel as compared − reference, or as two traces again."""
        key = self._order.selected
        if key is not None and key != PanelKey.DELTA and key in self._canvas.panels:
            plot = self._canvas.panels[key]
            plot.set_difference(not plot.as_difference)
            self._arrange()

    def is_difference(self, key: str) -> bool:
        """Return whether a panel shows compared − reference."""
        plot = self._canvas.panels.get(key)
        return plot is not None and plot.as_difference

    def set_grid(self, shown: bool) -> None:
        """Show or hide grid lines."""
        self._canvas.set_grid(shown)

    def show_field(self, reference: FieldReference | None, why: str = "") -> None:
        """Lay the field behind the traces of the comparison, or say why there is none."""
        had, self._why_no_field = self._field, why
        if reference is not had:
            self._field = reference
            self._prepare(keep_view=True)
            self.tell_readings()
        else:
            self._show_field()

    def set_field_shown(self, shown: bool) -> None:
        """Show or hide the field."""
        if shown != self._field_shown:
            self._field_shown = shown
            if self._field is not None:
                self._prepare(keep_view=True)
                self.tell_readings()

    @property
    def field_shown(self) -> bool:
        """Whether a field is shown as soon as there is one."""
        return self._field_shown

    @property
    def field(self) -> FieldReference | None:
        """The field of the comparison, shown or not; ``None`` while there is none."""
        return self._field

    @property
    def why_no_field(self) -> str:
        """One sentence while there is none, where that is known."""
        return self._why_no_field

    def set_units(self, units: UnitSystem) -> None:
        """Write speeds and the distance axis in other units; all distances passed stay metres."""
        if units is not self._units:
            self._units = units
            self._bottom.set_units(units)
            self._prepare(keep_view=True)
            self.tell_readings()

    @property
    def units(self) -> UnitSystem:
        """Units on screen."""
        return self._units

    @property
    def grid_shown(self) -> bool:
        """Whether grid lines are drawn."""
        return bool(self._canvas.grid_shown)
