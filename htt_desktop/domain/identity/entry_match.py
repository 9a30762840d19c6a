"""Which official entry a recording belongs to, told by its lap times."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.logger_rows import LoggerRows, require_running_clock
from htt_desktop.domain.errors import IdentityError, TimingMismatchError
from htt_desktop.domain.identity.candidates import Candidate, candidates
from htt_desktop.domain.identity.interleaved import require_single_car
from htt_desktop.domain.race import RaceTiming
from htt_desktop.domain.tracks import Track

STUCK_LAPS = 2.2
"""A label kept for longer than two laps, and half the recording, was not counted on."""

CLEAR_COST = 6.0
"""Margin, odds of twenty to one, below which two candidates are told apart by nothing."""


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
        Logger lap label minus official lap number; ``None`` when the lap
        counter is useless.
    offset_s
        Logger clock minus official race time, as a start for
        :func:`htt_desktop.domain.clock.car_clock.fit_clock`.
    median_error_s
        Median distance of the line crossings (of the loop crossings where labels are
        useless) from the official ones after one common clock offset.
    runner_up_number, runner_up_error_s
        The next best entry; ``None`` when nobody else has such a lap.
    evidence
        One sentence for the report.
    """

    entry_number: str
    printed_number: str
    corrected: bool
    lap_offset: int | None
    offset_s: float
    median_error_s: float
    runner_up_number: str | None
    runner_up_error_s: float | None
    evidence: str


def identify(
    rows: LoggerRows,
    timing: RaceTiming,
    track: Track,
    *,
    start_of_day_s: float | None = None,
    taken: Collection[str] = (),
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
    taken
        Entries that other vehicles of the race have proved to be theirs. A car
        refused for ambiguity may find its only match once they are known.

    Raises
    ------
    DeadClockError
        The logger clock stands still.
    InterleavedCarsError
        Rows of two cars or sessions are mixed.
    TimingMismatchError
        Nobody in the race drove such laps.
    IdentityError
        Several entries, or several laps of one entry, fit equally well, or the
        lap counter stands still and nothing else tells the laps apart.
    """
    require_running_clock(rows)
    require_single_car(rows)
    found = candidates(rows, timing, track, start_of_day_s=start_of_day_s, taken=taken)
    ranked = [candidate for candidate in found if candidate.is_credible]
    if not ranked and (stuck := _stuck_counter(rows, timing)):
        raise IdentityError(stuck)
    if not ranked:
        message = (
            f"The laps of {rows.vehicle_id} fit nobody in {timing.key}; "
            "check that rows and timing are of the same race."
        )
        raise TimingMismatchError(message)
    best = ranked[0]
    others = ranked[1:]
    if best.rests_on_number:
        # About one number in eight is wrong, so it must not win against laps that fit better.
        others = [other for other in found if other is not best and _rivals(other, best)]
    rivals = [
        other
        for other in others
        if other.cost - best.cost < CLEAR_COST and not _same_story(best, other)
    ]
    if rivals:
        message = (
            f"The laps of {rows.vehicle_id} fit {_names((best, *rivals))} equally well; import "
            "more of its laps or leave the car out."
        )
        raise IdentityError(message)
    runner_up = _runner_up(best, found)
    return Identity(
        entry_number=best.entry_number,
        printed_number=rows.printed_number,
        corrected=best.entry_number != rows.printed_number,
        lap_offset=best.lap_offset,
        offset_s=best.offset_s,
        median_error_s=_error_s(best),
        runner_up_number=None if runner_up is None else runner_up.entry_number,
        runner_up_error_s=None if runner_up is None else _error_s(runner_up),
        evidence=_evidence(best, runner_up),
    )


def best_explanation(
    rows: LoggerRows,
    timing: RaceTiming,
    track: Track,
    *,
    start_of_day_s: float | None = None,
) -> Candidate | None:
    """Return how well a race explains the labelled laps of a recording, for comparing races.

    Parameters
    ----------
    rows, timing, track, start_of_day_s
        As for :func:`identify`.

    Returns
    -------
    Candidate or None
        The best credible one; of two races the one whose costs less explains the rows better.
    """
    found = candidates(rows, timing, track, start_of_day_s=start_of_day_s, labels_only=True)
    return next((candidate for candidate in found if candidate.is_credible), None)


def _stuck_counter(rows: LoggerRows, timing: RaceTiming) -> str:
    """Return the sentence about a lap counter that stands still, empty if it does not."""
    typical_s = float(np.median([lap.lap_time_s for laps in timing.laps.values() for lap in laps]))
    label = rows.logger_lap
    starts = np.concatenate(([0], np.flatnonzero(np.diff(label)) + 1))
    ends = np.concatenate((starts[1:], [label.size])) - 1
    spans_s = rows.clock_s[ends] - rows.clock_s[starts]
    longest = int(np.argmax(spans_s))
    whole_s = float(np.ptp(rows.clock_s))
    if spans_s[longest] < max(STUCK_LAPS * typical_s, whole_s / 2):
        return ""
    _, speed_kmh = rows.samples(Channel.SPEED)
    standing = float(np.mean(speed_kmh < 1)) if speed_kmh.size else 0.0
    return (
        f"The lap counter of {rows.vehicle_id} stays at {label[starts[longest]]} for "
        f"{spans_s[longest] / 60:.0f} minutes, during {standing:.0%} of its rows the car stands, "
        "and the timing loops do not tell its laps apart; leave the car out."
    )


def _runner_up(best: Candidate, found: Sequence[Candidate]) -> Candidate | None:
    """Return the next best other entry, even one that nobody would believe.

    How much worse it is shows how sure the best one is, so it must explain
    about as many crossings, not one of them perfectly.
    """
    others = [
        other
        for other in found
        if other.entry_number != best.entry_number
        and 2 * (other.lines + other.loops) >= best.lines + best.loops
        and np.isfinite(_error_s(other))
    ]
    credible = [other for other in others if other.is_credible]
    if credible:
        return credible[0]
    return min(others, key=_error_s, default=None)


def _rivals(other: Candidate, best: Candidate) -> bool:
    """Tell whether a candidate competes with one that is believed for its number."""
    return other.is_credible or other.explains_as_much_as(best)


def _same_story(best: Candidate, other: Candidate) -> bool:
    """Tell whether two candidates name one entry at one moment, if by different evidence."""
    return best.entry_number == other.entry_number and abs(best.offset_s - other.offset_s) < 1.0


def _names(rivals: Sequence[Candidate]) -> str:
    names = dict.fromkeys(f"#{one.entry_number}" for one in rivals)
    if len(names) > 1:
        return ", ".join(names)
    return ", ".join(f"#{one.entry_number} with lap offset {one.lap_offset}" for one in rivals)


def _error_s(one: Candidate) -> float:
    return one.loop_error_s if np.isnan(one.line_error_s) else one.line_error_s


def _evidence(best: Candidate, runner_up: Candidate | None) -> str:
    parts = []
    if best.lines:
        parts.append(f"{best.lines} line crossings within {best.line_error_s:.3f} s (median)")
    if best.loops:
        parts.append(f"{best.loops} loop crossings within {best.loop_error_s:.3f} s")
    if np.isfinite(best.reception_error_s):
        parts.append(f"time of reception within {abs(best.reception_error_s):.2f} s")
    if runner_up is not None:
        parts.append(f"next is #{runner_up.entry_number} with {_error_s(runner_up):.3f} s")
    return ", ".join(parts)
