"""The delta with its band, as it is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.comparison import Comparison, Tier
from htt_desktop.domain.counted import counted
from htt_desktop.domain.driving.delta import is_same_lap
from htt_desktop.domain.error_band import bands_from
from htt_desktop.domain.race import FINISH_LINE
from htt_desktop.domain.recording import FloatArray
from htt_desktop.ui.charts.lap_axis import LapAxis
from htt_desktop.ui.charts.track_marks import SegmentMark, loop_label
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import UnitSystem
from htt_desktop.ui.wording.lap_texts import lap_names

_SMALLEST_SPAN_S = 0.04
"""The delta axis never shows less than this, or noise would fill the panel."""

SAME_LAP = "One lap against itself: the difference is exactly 0 everywhere."

_EVIDENCE = {
    Tier.GPS_AND_LOOPS: "speed, heading and GPS",
    Tier.LOOPS: "speed and heading",
    Tier.LINE: "speed and heading alone",
}


@dataclass(frozen=True)
class LoopDot:
    """The official difference at a loop."""

    label: str
    x: float
    official_delta_s: float


@dataclass(frozen=True, eq=False)
class DeltaData:
    """The delta over the horizontal axis.

    Attributes
    ----------
    x, distance_m
        Axis position and lap distance of each point, strictly increasing.
    delta_s, band_s
        Compared − reference and its 95 % half-width; both NaN where either lap has
        no telemetry.
    loops
        Official differences, on the same zero as ``delta_s``.
    zero_s, zero_band_s
        What was taken off: the delta at the chosen zero, and its own band there; both 0
        for the line.
    """

    x: FloatArray
    distance_m: FloatArray
    delta_s: FloatArray
    band_s: FloatArray
    loops: tuple[LoopDot, ...]
    zero_s: float
    zero_band_s: float = 0.0

    @property
    def are_loops_exact(self) -> bool:
        """Whether the difference at the loops is official, to the millisecond."""
        return not formats.band(self.zero_band_s)

    def at(self, x: float) -> tuple[float | None, float | None]:
        """Return delta and band at an axis position, ``None`` where unknown."""
        if not self.x.size or not self.x[0] <= x <= self.x[-1]:
            return None, None
        delta_s = float(np.interp(x, self.x, self.delta_s))
        band_s = float(np.interp(x, self.x, self.band_s))
        return (delta_s, band_s) if math.isfinite(delta_s) else (None, None)

    def value_range(self, start: float, end: float) -> tuple[float, float]:
        """Return the vertical range that holds the delta, its band and zero in a view."""
        first, last = np.searchsorted(self.x, (start, end))
        part = slice(max(int(first) - 1, 0), int(last) + 1)
        low = self.delta_s[part] - self.band_s[part]
        high = self.delta_s[part] + self.band_s[part]
        dots = [dot.official_delta_s for dot in self.loops if start <= dot.x <= end]
        lowest = min(0.0, *dots, float(np.nanmin(low, initial=0.0)))
        highest = max(0.0, *dots, float(np.nanmax(high, initial=0.0)))
        missing = _SMALLEST_SPAN_S - (highest - lowest)
        if missing > 0:
            lowest, highest = lowest - missing / 2, highest + missing / 2
        air = (highest - lowest) * 0.12
        return lowest - air, highest + air


def prepare_delta(comparison: Comparison, axis: LapAxis, zero_m: float | None = None) -> DeltaData:
    """Return the delta of a comparison on an axis, re-zeroed as asked."""
    delta = comparison.delta
    distance_m = delta.distance_m
    shown_s = delta.delta_s
    zero_s = 0.0 if zero_m is None else float(np.interp(zero_m, distance_m, shown_s))
    band_s = delta.band_s if zero_m is None else bands_from(delta, zero_m)
    zero_band_s = 0.0 if zero_m is None else float(np.interp(zero_m, distance_m, delta.band_s))
    dots = tuple(
        LoopDot(loop_label(loop.name), axis.to_x(loop.distance_m), loop.official_delta_s - zero_s)
        for loop in comparison.loops
    )
    return DeltaData(
        axis.many_to_x(distance_m),
        distance_m,
        np.where(delta.known, shown_s - zero_s, np.nan),
        np.where(delta.known, band_s, np.nan),
        dots,
        zero_s,
        zero_band_s,
    )


def band_legend(
    delta: DeltaData,
    comparison: Comparison,
    zero_m: float | None,
    nudge_m: float,
    units: UnitSystem = UnitSystem.METRIC,
) -> tuple[str, str]:
    """Return two short lines that say how far the curve can be off, and where it is exact.

    The band named is the widest of the lap.
    """
    if nudge_m:
        return "shifted by hand: no longer", "what the loops (●) timed"
    if is_same_lap(comparison.reference, comparison.compared):
        return "the same lap twice:", "exactly 0"
    widest = formats.band(float(np.nanmax(delta.band_s, initial=0.0)))
    if zero_m is not None and not delta.are_loops_exact:
        zero = formats.band(delta.zero_band_s)
        place = formats.length(zero_m, units)
        return f"from {place} {widest} s", f"(95 %), at ○ {zero} s"
    where = "between loops" if _inner_loops(comparison) else "on the lap"
    return f"{where} {widest} s", "(95 %), exact at ●"


def how_known(comparison: Comparison) -> str:
    """Return how the band of a comparison came about, in two sentences."""
    if is_same_lap(comparison.reference, comparison.compared):
        return SAME_LAP
    loops = _inner_loops(comparison)
    where = "the line" if not loops else f"the line and {counted(loops, 'timing loop')}"
    evidence = _EVIDENCE[comparison.weaker_tier]
    return (
        f"Official times pin the difference at {where} (●), to the millisecond; in between it "
        f"follows from {evidence}. The band (95 %) is how far laps of this race were "
        "off where a loop was left out on purpose: 95 of 100 lay within it."
    )


def _inner_loops(comparison: Comparison) -> int:
    return sum(loop.name != FINISH_LINE for loop in comparison.loops)


def delta_tip(
    delta: DeltaData, comparison: Comparison, place: str, x: float, nudge_m: float = 0.0
) -> str:
    """Return what hovering over the delta says at a place of the axis."""
    seconds, band_s = delta.at(x)
    if seconds is None:
        return f"Δ at {place}: one of the laps has no telemetry here."
    figure = f"{formats.delta(seconds, band_s)} s {_band_words(band_s)}".strip()
    lines = [f"Δ at {place}: {figure}", how_known(comparison)]
    if nudge_m:
        lines.append("The lap was shifted by hand: the loops no longer pin the curve.")
    elif not delta.are_loops_exact:
        lines.append(
            "Counted from a place between loops, even the differences at the loops (○) can be "
            f"off by {formats.band(delta.zero_band_s)} s."
        )
    return "\n".join(lines)


def segment_tip(segment: SegmentMark, comparison: Comparison) -> str:
    """Return what hovering over a cell of the ribbon says."""
    return f"{segment.label}: {lost_words(segment.delta_s, segment.band_s, comparison)}"


def lost_words(delta_s: float, band_s: float, comparison: Comparison) -> str:
    """Return a time lost on a stretch with its band, what it is worth and how it is known."""
    verb = "gains" if delta_s < 0 else "loses"
    figure = formats.delta(abs(delta_s), band_s).lstrip("+")
    words = f"{lap_names(comparison)[1]} {verb} {figure} s {_band_words(band_s)}".strip()
    if formats.band(band_s) and not formats.is_beyond_band(delta_s, band_s):
        words += ", not more than its band: it may be noise"
    return f"{words}.\n{how_known(comparison)}"


def arrow_of(text: str) -> str:
    """Return the arrow that goes with a written difference, nothing for zero.

    Examples
    --------
    >>> arrow_of("+0.06"), arrow_of("−0.06"), arrow_of("0.00")
    ('▲ ', '▼ ', '')
    """
    return "▲ " if text.startswith("+") else "▼ " if text.startswith(formats.MINUS) else ""


def gain_color(theme: Theme, delta_s: float | None, band_s: float | None) -> str:
    """Return the colour of a time lost: muted while it is not beyond its band."""
    if delta_s is None:
        return theme.text
    if not formats.is_beyond_band(delta_s, band_s):
        return theme.muted
    return theme.loss if delta_s > 0 else theme.gain


def _band_words(band_s: float | None) -> str:
    if band_s is None or not math.isfinite(band_s):
        return ""
    band = formats.band(band_s)
    return f"{band} s (95 %)" if band else "exactly"
