"""Which laps count for a comparison, why the others do not, and how much of each was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray

SLOWEST_SHARE_OF_BEST = 1.07
"""Slower laps than this multiple of the driver's best were traffic, spins or lifting."""

LONGEST_DROPOUT_S = 2.5
"""A longer hole inside a lap swallows a whole corner."""

LARGEST_MISSING_START_SHARE = 0.10
"""Where the logger's trigger stands behind the line, a car recorded for one lap lacks the stretch
up to it (COTA: 297 m, 5 % of the lap time); the rest of such a lap is still worth comparing."""

SMALLEST_COVERED_SHARE = 0.85
"""Below this the many short holes leave too little to compare."""

DROPOUT_S = 0.5
"""Rows further apart than this have lost samples in between: the fastest channels come every
43 ms and thinned files every 216 ms, while known dropouts last 0.8 s and more."""


class Exclusion(StrEnum):
    """Why a lap is left out; the value is the sentence part people read."""

    FLAG = "full-course yellow"
    UNKNOWN_FLAG = "flag not printed"
    CHEQUERED = "chequered flag lap"
    FIRST_LAP = "first lap"
    AFTER_YELLOW = "lap after a yellow"
    PIT = "in the pits"
    AFTER_PIT = "lap out of the pits"
    SLOW = "over 107 % of own best"
    NO_TELEMETRY = "no telemetry"
    INCOMPLETE = "telemetry incomplete"
    DROPOUT = "dropout over 2.5 s"
    DEAD_CLOCK = "dead clock"


@dataclass(frozen=True)
class TelemetryCover:
    """How much of a lap the logger recorded.

    Attributes
    ----------
    covered_s
        Time of the lap with samples no further apart than a dropout.
    longest_dropout_s
        Longest stretch without samples strictly inside the recorded part.
    missing_start_s, missing_end_s
        Time without samples at either end.
    """

    covered_s: float
    longest_dropout_s: float
    missing_start_s: float
    missing_end_s: float


@dataclass(frozen=True)
class LapStatus:
    """One lap of the inventory.

    Attributes
    ----------
    exclusions
        Empty for a clean lap.
    cover
        ``None`` when no logger rows lie inside the lap.
    """

    lap: OfficialLap
    exclusions: tuple[Exclusion, ...]
    cover: TelemetryCover | None

    @property
    def is_clean(self) -> bool:
        """True when the lap counts for comparison."""
        return not self.exclusions

    @property
    def can_be_forced(self) -> bool:
        """True when the lap has rows, so that the engineer may choose it anyway."""
        return self.cover is not None and Exclusion.DEAD_CLOCK not in self.exclusions


def lap_statuses(
    laps: Sequence[OfficialLap],
    covers: Mapping[int, TelemetryCover | None],
    *,
    dead_clock: bool = False,
    include_chequered: bool = False,
) -> tuple[LapStatus, ...]:
    """Judge every official lap of one driver.

    Parameters
    ----------
    laps
        All laps of the driver, in any order.
    covers
        Telemetry cover by lap number; absent and ``None`` both mean no rows.
    dead_clock
        The car's logger clock does not run.
    include_chequered
        Let the chequered-flag lap count like a green one.

    Returns
    -------
    tuple of LapStatus
        In lap order. A lap keeps every reason that speaks against it.

    Notes
    -----
    The driver's own best is the fastest lap under green that neither is the
    first nor touches the pits; without one, no lap is called slow.

    Examples
    --------
    >>> laps = [OfficialLap(1, 120.0, 120.0, "GF"), OfficialLap(2, 100.0, 220.0, "GF")]
    >>> full = TelemetryCover(100.0, 0.0, 0.0, 0.0)
    >>> [
    ...     str(reason)
    ...     for status in lap_statuses(laps, {1: full, 2: full})
    ...     for reason in status.exclusions
    ... ]
    ['first lap', 'over 107 % of own best', 'telemetry incomplete']
    """
    ordered = sorted(laps, key=lambda lap: lap.lap_number)
    by_number = {lap.lap_number: lap for lap in ordered}
    best_s = own_best_s(ordered)
    statuses = []
    for lap in ordered:
        before = by_number.get(lap.lap_number - 1)
        cover = covers.get(lap.lap_number)
        reasons = (
            *_flag_reasons(lap, include_chequered=include_chequered),
            *_course_reasons(lap, before, best_s),
            *_telemetry_reasons(lap, cover),
            *((Exclusion.DEAD_CLOCK,) if dead_clock else ()),
        )
        statuses.append(LapStatus(lap, reasons, cover))
    return tuple(statuses)


def timing_reasons(laps: Sequence[OfficialLap]) -> tuple[tuple[Exclusion, ...], ...]:
    """Judge every official lap of one driver by the timing alone.

    Parameters
    ----------
    laps
        All laps of the driver, in any order.

    Returns
    -------
    tuple of tuple of Exclusion
        In lap order; empty for a clean lap.

    Notes
    -----
    The rule of :func:`lap_statuses` without telemetry, and with the lap to the chequered
    flag: it is driven like any other, and of 282 such laps nearly all are good race laps.

    Examples
    --------
    >>> laps = [OfficialLap(1, 120.0, 120.0, "GF"), OfficialLap(2, 100.0, 220.0, "FF")]
    >>> [[str(reason) for reason in reasons] for reasons in timing_reasons(laps)]
    [['first lap'], []]
    """
    ordered = sorted(laps, key=lambda lap: lap.lap_number)
    by_number = {lap.lap_number: lap for lap in ordered}
    best_s = own_best_s(ordered)
    return tuple(
        (
            *_flag_reasons(lap, include_chequered=True),
            *_course_reasons(lap, by_number.get(lap.lap_number - 1), best_s),
        )
        for lap in ordered
    )


def own_best_s(laps: Sequence[OfficialLap]) -> float | None:
    """Return the driver's best lap time under green, ``None`` without a green lap."""
    pit_laps = {lap.lap_number for lap in laps if lap.in_pit}
    return min(
        (
            lap.lap_time_s
            for lap in laps
            if lap.flag == "GF"
            and lap.lap_number > 1
            and not pit_laps & {lap.lap_number, lap.lap_number - 1}
        ),
        default=None,
    )


def _flag_reasons(lap: OfficialLap, *, include_chequered: bool) -> tuple[Exclusion, ...]:
    if lap.flag == "GF":
        return ()
    if lap.flag == "FF":
        return () if include_chequered else (Exclusion.CHEQUERED,)
    return (Exclusion.FLAG,) if lap.flag == "FCY" else (Exclusion.UNKNOWN_FLAG,)


def _course_reasons(
    lap: OfficialLap, before: OfficialLap | None, best_s: float | None
) -> tuple[Exclusion, ...]:
    reasons = []
    if lap.lap_number == 1:
        reasons.append(Exclusion.FIRST_LAP)
    if before is not None and before.flag == "FCY":
        reasons.append(Exclusion.AFTER_YELLOW)
    came_from_pit = before is not None and before.in_pit
    # The sheets print the pit time on the lap out of the pits; printed on any other lap it
    # means that the car drove through without stopping the clock at the line.
    if lap.in_pit or (lap.pit_time_s is not None and not came_from_pit):
        reasons.append(Exclusion.PIT)
    if came_from_pit:
        reasons.append(Exclusion.AFTER_PIT)
    if best_s is not None and lap.lap_time_s > SLOWEST_SHARE_OF_BEST * best_s:
        reasons.append(Exclusion.SLOW)
    return tuple(reasons)


def _telemetry_reasons(lap: OfficialLap, cover: TelemetryCover | None) -> tuple[Exclusion, ...]:
    if cover is None:
        return (Exclusion.NO_TELEMETRY,)
    reasons = []
    if (
        cover.covered_s < SMALLEST_COVERED_SHARE * lap.lap_time_s
        or cover.missing_start_s > LARGEST_MISSING_START_SHARE * lap.lap_time_s
        or cover.missing_end_s > LONGEST_DROPOUT_S
    ):
        reasons.append(Exclusion.INCOMPLETE)
    if cover.longest_dropout_s > LONGEST_DROPOUT_S:
        reasons.append(Exclusion.DROPOUT)
    return tuple(reasons)


def lap_cover(time_s: FloatArray, lap: OfficialLap) -> TelemetryCover | None:
    """Measure how much of a lap has rows.

    Parameters
    ----------
    time_s
        Official race time of each row, shape ``(rows,)``, non-decreasing.
    lap
        The lap, whose span is ``(lap.start_s, lap.elapsed_s)``.

    Returns
    -------
    TelemetryCover or None
        ``None`` when no row lies inside the lap.

    Examples
    --------
    >>> lap = OfficialLap(lap_number=2, lap_time_s=100.0, elapsed_s=200.0)
    >>> cover = lap_cover(np.arange(107.0, 250.0, 0.05), lap)
    >>> round(cover.missing_start_s, 2), cover.missing_end_s, round(cover.covered_s, 2)
    (7.0, 0.0, 93.0)
    """
    first = int(np.searchsorted(time_s, lap.start_s, side="left"))
    last = int(np.searchsorted(time_s, lap.elapsed_s, side="right"))
    if first >= last:
        return None
    # Rows just outside tell whether the stretch at the line itself was recorded.
    before = time_s[first] - (time_s[first - 1] if first else -np.inf)
    after = (time_s[last] if last < time_s.size else np.inf) - time_s[last - 1]
    inside = np.diff(time_s[first:last])
    covered_s = float(inside[inside <= DROPOUT_S].sum())
    missing_start_s = float(time_s[first] - lap.start_s)
    missing_end_s = float(lap.elapsed_s - time_s[last - 1])
    if before <= DROPOUT_S:
        covered_s += missing_start_s
        missing_start_s = 0.0
    if after <= DROPOUT_S:
        covered_s += missing_end_s
        missing_end_s = 0.0
    dropouts = inside[inside > DROPOUT_S]
    return TelemetryCover(
        covered_s=covered_s,
        longest_dropout_s=float(dropouts.max(initial=0.0)),
        missing_start_s=missing_start_s,
        missing_end_s=missing_end_s,
    )
