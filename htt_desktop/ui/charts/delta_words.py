"""The delta's band in words: what it is, how wide, and how it is known."""

from __future__ import annotations

import math

import numpy as np

from htt_desktop.domain.comparison import Comparison, Tier
from htt_desktop.domain.delta import is_same_lap
from htt_desktop.domain.race import FINISH_LINE
from htt_desktop.ui import formats
from htt_desktop.ui.charts.delta_data import DeltaData
from htt_desktop.ui.charts.track_marks import SegmentMark
from htt_desktop.ui.formats import UnitSystem
from htt_desktop.ui.lap_texts import lap_names
from htt_desktop.ui.ordinals import counted
from htt_desktop.ui.theme import Theme

SAME_LAP = "One lap against itself: the difference is exactly 0 everywhere."

_EVIDENCE = {
    Tier.GPS_AND_LOOPS: "speed, heading and GPS",
    Tier.LOOPS: "speed and heading",
    Tier.LINE: "speed and heading alone",
}


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
    tiers = {lap.alignment.tier for lap in (comparison.reference, comparison.compared)}
    # The weaker of the two decides what the difference rests on.
    weakest = max(tiers, key=list(Tier).index)
    loops = _inner_loops(comparison)
    pins = "the line" if not loops else f"the line and {counted(loops, 'timing loop')}"
    return (
        f"Official times pin the difference at {pins} (●), to the millisecond; in between it "
        f"follows from {_EVIDENCE[weakest]}. The band (95 %) is how far laps of this race were "
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
