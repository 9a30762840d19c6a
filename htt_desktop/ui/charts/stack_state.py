"""What the stack shows: two laps, their panels, the view and the cursors, without a widget."""

from __future__ import annotations

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.driving.compare_laps import nudged
from htt_desktop.domain.field_reference import FieldReference
from htt_desktop.ui.charts import panel_readings
from htt_desktop.ui.charts.lap_axis import AxisMode, View, ZoomHistory
from htt_desktop.ui.charts.panel_data import (
    PanelKey,
    PanelSet,
    prepare_panels,
    rezeroed,
    with_field,
)
from htt_desktop.ui.charts.panel_layout import PanelOrder
from htt_desktop.ui.charts.panel_readings import VisibleTable
from htt_desktop.ui.charts.readings import RangeStatistics, Reading
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import UnitSystem


class StackState:
    """State of the stack. Whoever changes an attribute calls :meth:`prepare` if data hang on it.

    Attributes
    ----------
    comparison
        Two laps as they are shown, the compared one shifted by ``nudge_m``; ``None`` without.
    data
        Their arrays for the present axis, units and field; ``None`` without laps.
    cursor_m, second_m
        Lap distances of the cursors.
    zero_m
        Lap distance the delta is counted from, ``None`` for the line.
    overlapped
        The channel panels lie over one another.
    differences
        Panels that show compared − reference instead of two traces.
    """

    def __init__(self) -> None:
        self._given: Comparison | None = None
        self.comparison: Comparison | None = None
        self.data: PanelSet | None = None
        self.mode = AxisMode.DISTANCE
        self.units = UnitSystem.METRIC
        self.panels = PanelOrder()
        self.zoom = ZoomHistory(View(0.0, 1.0))
        self.cursor_m: float | None = None
        self.second_m: float | None = None
        self.zero_m: float | None = None
        self.nudge_m = 0.0
        self.overlapped = False
        self.differences: set[str] = set()
        self.field: FieldReference | None = None
        self.field_shown = True
        self.why_no_field = ""

    def take(self, comparison: Comparison | None) -> None:
        """Show two laps, or none; cursor and zoom stay when the track stays.

        A nudge belongs to the two laps it was found for and stays only with them.
        """
        before = self._given
        same_track = (
            before is not None
            and comparison is not None
            and before.track.track_id == comparison.track.track_id
        )
        self._given = comparison
        if not same_track:
            self.cursor_m = self.second_m = self.zero_m = None
        if before is None or comparison is None or not before.has_laps_of(comparison):
            self.nudge_m = 0.0
        self.comparison = comparison and nudged(comparison, self.nudge_m)
        self.prepare(keep_view=same_track)

    def nudge(self, offset_m: float) -> bool:
        """Shift the compared lap forward; return whether anything changed."""
        if self._given is None or offset_m == self.nudge_m:
            return False
        self.nudge_m = offset_m
        self.comparison = nudged(self._given, offset_m)
        self.prepare()
        return True

    def prepare(self, *, keep_view: bool = True) -> None:
        """Prepare the arrays of the comparison."""
        comparison = self.comparison
        shown = self.visible_range() if keep_view and self.data is not None else None
        if comparison is None:
            self.data = None
            self.panels.set_present(())
            return
        self.data = prepare_panels(comparison, self.mode, self.zero_m, self.units)
        if self.field is not None and self.field_shown:
            self.data = with_field(self.data, self.field, self.units)
        self.panels.set_present(self.data.keys)
        axis = self.data.axis
        if shown is None:
            self.zoom = ZoomHistory(View(0.0, axis.end))
        else:
            view = View(axis.to_x(shown[0]), axis.to_x(shown[1])).within(axis.end)
            # Views of another axis, or of a lap with another clock, mean nothing here.
            if not self.zoom.view.is_close(view):
                self.zoom = ZoomHistory(view)

    def rezero(self, distance_m: float | None) -> bool:
        """Count the delta from another place; return whether there is a delta."""
        self.zero_m = distance_m
        if self.data is None or self.comparison is None:
            return False
        self.data = rezeroed(self.data, self.comparison, distance_m)
        return True

    def visible_range(self) -> tuple[float, float]:
        """Return the visible stretch of lap distance in metres; zeros without laps."""
        if self.data is None:
            return 0.0, 0.0
        view, axis = self.zoom.view, self.data.axis
        return axis.to_distance(view.start), axis.to_distance(view.end)

    def cursor_x(self) -> float | None:
        """Return the cursor's place on the horizontal axis."""
        if self.cursor_m is None or self.data is None:
            return None
        return self.data.axis.to_x(self.cursor_m)

    def front(self) -> str | None:
        """Return the panel whose scale is shown when panels overlap."""
        if not self.overlapped:
            return None
        if self.panels.selected not in (None, PanelKey.DELTA):
            return self.panels.selected
        return next((key for key in self.panels.shown() if key != PanelKey.DELTA), None)

    def field_keys(self) -> tuple[str, ...]:
        """Return the panels that show the field: not as a difference, not behind another."""
        front, shown = self.front(), self.panels.shown()
        keys = () if self.data is None else self.data.field_keys()
        return tuple(
            key.value
            for key in keys
            if key in shown and key not in self.differences and front in (None, key)
        )

    def notes(self, *, thinned: bool = False) -> tuple[str, ...]:
        """Return what a reader must know before trusting the picture, worst first."""
        notes = []
        if self.nudge_m:
            factor, unit = formats.in_units(1.0, "m", self.units)
            notes.append(f"nudged {formats.signed(self.nudge_m * factor, 1)} {unit}")
        if self.zero_m is not None:
            notes.append(f"Δ zero {formats.length(self.zero_m, self.units)}")
        if thinned:
            notes.append("traces thinned")
        return tuple(notes)

    def readings_at(self, distance_m: float) -> tuple[Reading, ...]:
        """Return what both laps read at a lap distance, delta first; empty without laps."""
        return () if self.data is None else panel_readings.readings_at(self.data, distance_m)

    def statistics(self) -> RangeStatistics | None:
        """Return what lies between the cursors, ``None`` unless there are two."""
        if self.data is None or self.comparison is None:
            return None
        if self.cursor_m is None or self.second_m is None:
            return None
        return panel_readings.statistics_between(
            self.data, self.comparison, self.cursor_m, self.second_m
        )

    def visible_rows(self) -> VisibleTable | None:
        """Return the shown panels over the shown stretch as numbers, ``None`` without laps."""
        if self.data is None or self.comparison is None:
            return None
        view = self.zoom.view
        return panel_readings.visible_rows(
            self.data,
            self.comparison,
            self.panels.shown(),
            (view.start, view.end),
            self.units,
            self.field_keys(),
            self.notes(),
        )
