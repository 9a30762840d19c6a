"""The figures behind the factors: every variable of every driver in one race."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.season.duels import attack_points, defence_points, duels
from htt_desktop.domain.season.factor_table import VARIABLES_BY_ID
from htt_desktop.domain.season.lap_figures import (
    above_field_percent,
    clean_laps,
    field_medians_s,
    lap_numbers,
    lap_times_s,
    robust_slope,
)
from htt_desktop.domain.season.running_order import RACING_FLAGS
from htt_desktop.domain.signals import robust_spread

FEWEST_CARS = 8
"""Fewer cars draw no line."""

FURTHEST_PERCENT = 4.0
"""A car further from the field's middle was damaged or cruising; it is judged by the line of the
others and does not bend it."""

QUALIFYING_GAP = "qualifying_gap"
"""Id of the variable that needs no start."""

BEST_LAPS = 10
FEWEST_BEST_LAPS = 8
"""A race cut by yellows has hardly ten clean laps; with fewer than this the mean says little."""

FEWEST_CLEAN_LAPS = 6
"""Fewer clean laps have no spread or trend worth the name."""

FEWEST_BEST_LAP_LAPS = 3
"""The best of one or two laps is whatever the traffic allowed."""

FEWEST_LATE_LAPS = 3
FEWEST_RACED_LAPS = 4

FEWEST_FIELD_CARS = 3
"""With fewer cars a field has no middle to compare with."""

LATE_FROM_SHARE = 2 / 3

SLOWEST_QUALIFYING_SHARE = 1.12
"""Beyond this multiple of pole the car never drove a timed lap at speed. Above the usual 107 %:
at Sonoma, half dry in qualifying 2, a third of the field lay between the two."""

TROUBLE_SHARE = 1.06
"""Slower than this multiple of one's usual lap, against the field on the same lap, was a spin, a
trip off the road or a damaged car."""

_Column = Mapping[str, float | None]


def losses_beyond_expected(
    paces: Mapping[str, tuple[float, float, float]],
) -> Mapping[str, float | None]:
    """Return how much slower each car was late than the field predicts, in per cent.

    The plain slope of the lap times does not do: who starts slowly gains most, so it spoke
    against the finish. Here the late pace is compared with that of cars of the same pace
    before and the same best lap.

    Parameters
    ----------
    paces
        By printed number: pace before the last third, best lap, and pace in the last third,
        each in per cent above the field.

    Returns
    -------
    mapping
        By printed number; below zero where less was lost than expected. Empty with fewer
        than :data:`FEWEST_CARS` cars.
    """
    numbers = list(paces)
    rows = np.array([paces[number] for number in numbers], dtype=np.float64).reshape(-1, 3)
    before, late = np.column_stack([np.ones(len(rows)), rows[:, :2]]), rows[:, 2]
    if len(rows) < FEWEST_CARS:
        return {}
    usual = np.abs(late - np.median(late)) <= FURTHEST_PERCENT
    if usual.sum() < FEWEST_CARS:
        return {}
    line = np.linalg.lstsq(before[usual], late[usual], rcond=None)[0]
    return dict(zip(numbers, (late - before @ line).tolist(), strict=True))


def race_features(
    timing: RaceTiming, qualifying_s: Mapping[str, float]
) -> Mapping[str, Mapping[str, float | None]]:
    """Return the variables of every car of a race.

    Parameters
    ----------
    timing
        Official timing of the race.
    qualifying_s
        Best qualifying time by printed number; empty without a sheet. Who set a time and has
        no number in the race may stand there under any other word.

    Returns
    -------
    mapping
        By printed number for every entry of the timing, and everybody who qualified, then by
        variable id of the factor table, in its unit.
    """
    clean = {number: clean_laps(laps) for number, laps in timing.laps.items()}
    numbers = dict.fromkeys([*timing.laps, *timing.entries, *qualifying_s])
    best_lap_gaps = _gaps({number: _best_s(laps) for number, laps in clean.items()})
    best_ten_gaps = _gaps({number: _best_ten_s(laps) for number, laps in clean.items()})
    fought = duels(timing)
    columns = {
        QUALIFYING_GAP: _qualifying_gaps(qualifying_s),
        "best_lap_gap": best_lap_gaps,
        "best_ten_gap": best_ten_gaps,
        "lap_spread": {number: _lap_spread(laps) for number, laps in clean.items()},
        "sector_spread": {number: _sector_spread(laps) for number, laps in clean.items()},
        "trouble_share": _trouble(timing),
        "attack_rate": attack_points(fought, best_ten_gaps),
        "defence_rate": defence_points(fought),
        **_tyres(timing, clean, best_lap_gaps),
    }
    return {
        number: {variable: columns[variable].get(number) for variable in VARIABLES_BY_ID}
        for number in numbers
    }


def _gaps(figures: _Column) -> _Column:
    """Return how far each figure lies above the lowest, in per cent."""
    known = {number: figure for number, figure in figures.items() if figure is not None}
    lowest = min(known.values(), default=1.0)
    return {number: 100.0 * (figure / lowest - 1.0) for number, figure in known.items()}


def _qualifying_gaps(qualifying_s: Mapping[str, float]) -> _Column:
    limit = 100.0 * (SLOWEST_QUALIFYING_SHARE - 1.0)
    gaps = _gaps(qualifying_s)
    return {number: gap for number, gap in gaps.items() if gap is not None and gap <= limit}


def _best_s(laps: Sequence[OfficialLap]) -> float | None:
    if len(laps) < FEWEST_BEST_LAP_LAPS:
        return None
    return min(lap.lap_time_s for lap in laps)


def _best_ten_s(laps: Sequence[OfficialLap]) -> float | None:
    if len(laps) < FEWEST_BEST_LAPS:
        return None
    return float(np.sort(lap_times_s(laps))[:BEST_LAPS].mean())


def _lap_spread(laps: Sequence[OfficialLap]) -> float | None:
    if len(laps) < FEWEST_CLEAN_LAPS:
        return None
    number, times_s = lap_numbers(laps), lap_times_s(laps)
    left_s = times_s - robust_slope(number, times_s) * number
    return 100.0 * robust_spread(left_s) / float(np.median(times_s))


def _sector_spread(laps: Sequence[OfficialLap]) -> float | None:
    ends_s = [
        (lap.loops_s["IM1"], lap.loops_s["IM2"], lap.lap_time_s)
        for lap in laps
        if {"IM1", "IM2"} <= lap.loops_s.keys()
    ]
    if len(ends_s) < FEWEST_CLEAN_LAPS:
        return None
    sectors_s = np.diff(np.array(ends_s), axis=1, prepend=0.0).T
    shares = [100.0 * robust_spread(one) / float(np.median(one)) for one in sectors_s]
    return float(np.mean(shares))


def _trouble(timing: RaceTiming) -> _Column:
    raced = {
        number: [lap for lap in laps if lap.flag in RACING_FLAGS]
        for number, laps in timing.laps.items()
    }
    medians_s = field_medians_s(raced, FEWEST_FIELD_CARS)
    return {
        number: _trouble_share(laps, timing.laps[number], medians_s)
        for number, laps in raced.items()
    }


def _trouble_share(
    raced: Sequence[OfficialLap],
    driven: Sequence[OfficialLap],
    medians_s: Mapping[int, float],
) -> float | None:
    number, above = above_field_percent(raced, medians_s)
    if len(above) < FEWEST_RACED_LAPS:
        return None
    ratio = 1.0 + above / 100.0
    slow = set(number[ratio > TROUBLE_SHARE * np.median(ratio)].astype(int).tolist())
    in_pit = {lap.lap_number for lap in driven if lap.in_pit or lap.pit_time_s is not None}
    out_of_pit = {number + 1 for number in in_pit}
    troubled = [lap for lap in driven if lap.lap_number in slow | in_pit | out_of_pit]
    return 100.0 * len(troubled) / len(driven)


def _tyres(
    timing: RaceTiming,
    clean: Mapping[str, Sequence[OfficialLap]],
    best_lap_gaps: _Column,
) -> Mapping[str, _Column]:
    medians_s = field_medians_s(clean, FEWEST_FIELD_CARS)
    distance = max((lap.lap_number for laps in timing.laps.values() for lap in laps), default=0)
    late: dict[str, float | None] = {}
    both: dict[str, tuple[float, float, float]] = {}
    for number, laps in clean.items():
        lap, above = above_field_percent(laps, medians_s)
        is_late = lap > LATE_FROM_SHARE * distance
        if np.sum(is_late) < FEWEST_LATE_LAPS:
            continue
        late_percent = float(np.median(above[is_late]))
        late[number] = 1.0 + late_percent / 100.0
        best = best_lap_gaps.get(number)
        if best is not None and np.sum(~is_late) >= FEWEST_LATE_LAPS:
            both[number] = (float(np.median(above[~is_late])), best, late_percent)
    return {"pace_loss": losses_beyond_expected(both), "late_gap": _gaps(late)}
