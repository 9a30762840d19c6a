"""Which official entry a recording belongs to, told by its lap times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.clock import NEARBY_S, densest, official_line_s
from htt_desktop.domain.clock_crossings import LineCrossings, line_crossings
from htt_desktop.domain.clock_loops import loop_passages, misfits_s
from htt_desktop.domain.clock_rows import LoggerRows, require_running_clock
from htt_desktop.domain.errors import IdentityError, TimingMismatchError
from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Track

LAP_OFFSETS = (0, 1, 2)
"""Logger lap minus official lap; nothing else has been seen."""

LINE_SIGMA_S = 0.08
LOOP_SIGMA_S = 0.08
RECEPTION_SIGMA_S = 0.3
RECEPTION_BIAS_S = 0.15
"""The quickest message of a car arrives this long after it was stamped, at all tracks seen."""

OUTLIER_COST = 9.0
"""Three standard deviations: a missed trigger must not outweigh twenty good laps."""

PRINTED_COST = 8.0
"""Worth of the printed number: of thirty cars about four carry a wrong one, so the odds of the
printed against any one other number are 0.87 : 0.13/30, twice the logarithm of which is 10."""

SAME_VALUE_COST = 6.0
"""Worth of a number that differs from the printed one in leading zeros only."""

CLEAR_COST = 6.0
"""Margin, odds of twenty to one, below which two candidates are told apart by nothing."""

LARGEST_MEDIAN_ERROR_S = 0.3
LARGEST_RECEPTION_ERROR_S = 30.0


@dataclass(frozen=True)
class Identity:
    """The entry a recording belongs to, and how sure that is.

    Attributes
    ----------
    entry_number
        Official printed number.
    printed_number
        The number the rows were delivered under.
    corrected
        The two differ.
    lap_offset
        Logger lap label minus official lap number.
    median_error_s
        Median distance of the line crossings from the official ones after
        one common clock offset.
    runner_up_number, runner_up_error_s
        The next best entry; ``None`` when nobody else has such a lap.
    evidence
        One sentence for the report.
    """

    entry_number: str
    printed_number: str
    corrected: bool
    lap_offset: int
    median_error_s: float
    runner_up_number: str | None
    runner_up_error_s: float | None
    evidence: str


@dataclass(frozen=True)
class Candidate:
    """How well one entry with one lap offset explains the rows; a lower cost is better.

    Attributes
    ----------
    offset_s
        Clock offset this explanation needs.
    matched
        Line crossings within :data:`NEARBY_S`.
    line_error_s, loop_error_s
        Median absolute misfit at the line and at the loops; NaN without any.
    reception_error_s
        By how much the time of reception contradicts it; NaN when unknown.
    """

    entry_number: str
    lap_offset: int
    offset_s: float
    cost: float
    matched: int
    line_error_s: float
    loop_error_s: float
    reception_error_s: float


def identify(
    rows: LoggerRows,
    timing: RaceTiming,
    track: Track,
    *,
    start_of_day_s: float | None = None,
) -> Identity:
    """Tell which entry of a race the rows belong to.

    Parameters
    ----------
    rows
        All rows of one ``vehicle_id``.
    timing
        Official timing of the race.
    track
        Gives trigger and loops.
    start_of_day_s
        Local time of day at which official race time is zero (``HOUR`` minus
        ``ELAPSED`` of any lap); lets the time of reception take part.

    Raises
    ------
    DeadClockError
        The logger clock stands still.
    TimingMismatchError
        Nobody in the race drove such laps.
    IdentityError
        Several entries fit equally well.
    """
    require_running_clock(rows)
    ranked = candidates(rows, timing, track, start_of_day_s=start_of_day_s)
    if not ranked or not _explains(ranked[0]):
        message = (
            f"The laps of {rows.vehicle_id} fit nobody in race {timing.key.race} at "
            f"{timing.key.track_id}; check that rows and timing are of the same race."
        )
        raise TimingMismatchError(message)
    best = ranked[0]
    others = [other for other in ranked if other.entry_number != best.entry_number]
    rivals = [other for other in others if other.cost - best.cost < CLEAR_COST]
    if rivals:
        names = ", ".join(f"#{rival.entry_number}" for rival in (best, *rivals))
        message = (
            f"The laps of {rows.vehicle_id} fit {names} equally well; import more of its laps "
            "or leave the car out."
        )
        raise IdentityError(message)
    runner_up = min(others, key=lambda other: other.cost, default=None)
    return Identity(
        entry_number=best.entry_number,
        printed_number=rows.printed_number,
        corrected=best.entry_number != rows.printed_number,
        lap_offset=best.lap_offset,
        median_error_s=best.line_error_s,
        runner_up_number=None if runner_up is None else runner_up.entry_number,
        runner_up_error_s=None if runner_up is None else runner_up.line_error_s,
        evidence=_evidence(best, runner_up),
    )


def candidates(
    rows: LoggerRows,
    timing: RaceTiming,
    track: Track,
    *,
    start_of_day_s: float | None = None,
) -> tuple[Candidate, ...]:
    """Return every entry and lap offset that could explain the rows, best first."""
    triggers = line_crossings(rows, 0.0)
    delay_s = _trigger_delay_s(rows, triggers, track)
    found = [
        candidate
        for number, laps in timing.laps.items()
        for lap_offset in LAP_OFFSETS
        if (
            candidate := _candidate(
                rows, triggers, delay_s, number, laps, lap_offset, track, start_of_day_s
            )
        )
    ]
    return tuple(sorted(found, key=lambda candidate: candidate.cost))


def _candidate(
    rows: LoggerRows,
    triggers: LineCrossings,
    delay_s: float,
    number: str,
    laps: Sequence[OfficialLap],
    lap_offset: int,
    track: Track,
    start_of_day_s: float | None,
) -> Candidate | None:
    line_s = official_line_s(laps)
    official = np.array(
        [line_s.get(int(label) - lap_offset - 1, np.nan) for label in triggers.logger_lap]
    )
    offsets = triggers.clock_s - delay_s - official
    known = offsets[np.isfinite(offsets)]
    if known.size < 2:
        return None
    offset_s = densest(known)
    errors = known - offset_s
    cost = _capped(errors, LINE_SIGMA_S) + OUTLIER_COST * (offsets.size - known.size)
    misfits = misfits_s(loop_passages(rows, laps, track, offset_s))
    misfits = misfits[np.isfinite(misfits)]
    cost += _capped(misfits, LOOP_SIGMA_S)
    reception = _reception_error_s(rows, offset_s, start_of_day_s)
    if np.isfinite(reception):
        cost += min((reception / RECEPTION_SIGMA_S) ** 2, 3 * OUTLIER_COST)
    cost -= _printed_bonus(number, rows.printed_number)
    return Candidate(
        entry_number=number,
        lap_offset=lap_offset,
        offset_s=offset_s,
        cost=cost,
        matched=int((np.abs(errors) <= NEARBY_S).sum()),
        line_error_s=float(np.median(np.abs(errors))),
        loop_error_s=float(np.median(np.abs(misfits))) if misfits.size else float("nan"),
        reception_error_s=reception,
    )


def _capped(errors: FloatArray, sigma_s: float) -> float:
    return float(np.minimum((errors / sigma_s) ** 2, OUTLIER_COST).sum())


def _printed_bonus(number: str, printed: str) -> float:
    if number == printed:
        return PRINTED_COST
    same_value = number.lstrip("0") == printed.lstrip("0") != ""
    return SAME_VALUE_COST if same_value else 0.0


def _reception_error_s(
    rows: LoggerRows, offset_s: float, start_of_day_s: float | None
) -> float:
    """Compare the start of the race by reception with the official time of day.

    Only the part within the hour counts: time zones differ by whole hours.
    """
    if rows.reception_s is None or start_of_day_s is None:
        return float("nan")
    quickest_s = float(np.nanmin(rows.reception_s - rows.clock_s))
    error_s = offset_s + quickest_s - start_of_day_s - RECEPTION_BIAS_S
    return float((error_s + 1800.0) % 3600.0 - 1800.0)


def _trigger_delay_s(rows: LoggerRows, triggers: LineCrossings, track: Track) -> float:
    if track.trigger_after_line_m == 0:
        return 0.0
    lines = line_crossings(rows, track.trigger_after_line_m)
    delays = (triggers.clock_s - lines.clock_s)[np.isfinite(lines.clock_s)]
    return float(np.median(delays)) if delays.size else 0.0


def _explains(best: Candidate) -> bool:
    fits = best.line_error_s <= LARGEST_MEDIAN_ERROR_S and best.matched >= 2
    few = best.matched < 8
    contradicted = abs(best.reception_error_s) > LARGEST_RECEPTION_ERROR_S
    return fits and not (few and contradicted)


def _evidence(best: Candidate, runner_up: Candidate | None) -> str:
    parts = [f"{best.matched} line crossings within {best.line_error_s:.3f} s (median)"]
    if np.isfinite(best.loop_error_s):
        parts.append(f"loops within {best.loop_error_s:.3f} s")
    if np.isfinite(best.reception_error_s):
        parts.append(f"time of reception within {abs(best.reception_error_s):.2f} s")
    if runner_up is not None:
        parts.append(f"next is #{runner_up.entry_number} with {runner_up.line_error_s:.3f} s")
    return ", ".join(parts)
