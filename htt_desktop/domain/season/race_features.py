"""What the official timing of one race says about each driver, before anybody looks at the finish.

One value per variable of the factor table; ``None`` where it cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from htt_desktop.domain.lap_rules import timing_reasons
from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.duels import duels, shrunk_percent
from htt_desktop.domain.season.factor_table import VARIABLES_BY_ID

BEST_LAPS = 10
FEWEST_BEST_LAPS = 8
"""A race cut by yellows has hardly ten clean laps; with fewer than this the mean says little."""

FEWEST_CLEAN_LAPS = 6
"""Fewer clean laps have no spread or trend worth the name."""

MAD_TO_SIGMA = 1.4826


def race_features(
    timing: RaceTiming, qualifying_s: Mapping[str, float]
) -> Mapping[str, Mapping[str, float | None]]:
    """Return the variables of every car of a race.

    Parameters
    ----------
    timing
        Official timing of the race.
    qualifying_s
        Best qualifying time by printed number; empty without a sheet.

    Returns
    -------
    mapping
        By printed number for every entry of the timing, then by variable id of the factor
        table, in its unit.
    """
    clean = {number: _clean(laps) for number, laps in timing.laps.items()}
    raw: dict[str, dict[str, float | None]] = {
        number: dict.fromkeys(VARIABLES_BY_ID, None) for number in {**timing.laps, **timing.entries}
    }
    _put_gaps(raw, "qualifying_gap", dict(qualifying_s))
    _put_gaps(raw, "best_lap_gap", {n: _best_s(laps) for n, laps in clean.items()})
    _put_gaps(raw, "best_ten_gap", {n: _best_ten_s(laps) for n, laps in clean.items()})
    for number, laps in clean.items():
        if len(laps) >= FEWEST_CLEAN_LAPS:
            raw[number]["lap_spread"] = _lap_spread(laps)
            raw[number]["sector_spread"] = _sector_spread(laps)
            raw[number]["pace_loss"] = _pace_loss(laps)
            raw[number]["late_gap"] = _late_gap(laps, timing)
    _put_duels(raw, timing)
    return raw


def _clean(laps: Sequence[OfficialLap]) -> tuple[OfficialLap, ...]:
    ordered = sorted(laps, key=lambda lap: lap.lap_number)
    return tuple(lap for lap, why in zip(ordered, timing_reasons(ordered), strict=True) if not why)


def _times_s(laps: Sequence[OfficialLap]) -> FloatArray:
    return np.array([lap.lap_time_s for lap in laps])


def _best_s(laps: Sequence[OfficialLap]) -> float | None:
    return min((lap.lap_time_s for lap in laps), default=None)


def _best_ten_s(laps: Sequence[OfficialLap]) -> float | None:
    if len(laps) < FEWEST_BEST_LAPS:
        return None
    return float(np.sort(_times_s(laps))[:BEST_LAPS].mean())


def _put_gaps(
    raw: dict[str, dict[str, float | None]], variable: str, times_s: Mapping[str, float | None]
) -> None:
    best_s = min((time_s for time_s in times_s.values() if time_s is not None), default=None)
    for number, time_s in times_s.items():
        if best_s is not None and time_s is not None and number in raw:
            raw[number][variable] = 100.0 * (time_s / best_s - 1.0)


def robust_slope(x: FloatArray, y: FloatArray) -> float:
    """Return the median of the slopes through all pairs of points (Theil and Sen)."""
    first, second = np.triu_indices(len(x), k=1)
    return float(np.median((y[second] - y[first]) / (x[second] - x[first])))


def _spread(values: FloatArray) -> float:
    return MAD_TO_SIGMA * float(np.median(np.abs(values - np.median(values))))


def _lap_spread(laps: Sequence[OfficialLap]) -> float:
    number = np.array([float(lap.lap_number) for lap in laps])
    times_s = _times_s(laps)
    left_s = times_s - robust_slope(number, times_s) * number
    return 100.0 * _spread(left_s) / float(np.median(times_s))


def _sector_spread(laps: Sequence[OfficialLap]) -> float | None:
    rows = [
        (lap.loops_s["IM1"], lap.loops_s["IM2"] - lap.loops_s["IM1"],
         lap.lap_time_s - lap.loops_s["IM2"])
        for lap in laps
        if {"IM1", "IM2"} <= lap.loops_s.keys()
    ]  # fmt: skip
    if len(rows) < FEWEST_CLEAN_LAPS:
        return None
    sectors_s = np.array(rows).T
    return float(np.mean([100.0 * _spread(one) / float(np.median(one)) for one in sectors_s]))


def _pace_loss(laps: Sequence[OfficialLap]) -> float:
    number = np.array([float(lap.lap_number) for lap in laps])
    times_s = _times_s(laps)
    return 100.0 * 10.0 * robust_slope(number, times_s) / float(np.median(times_s))


def _late_gap(laps: Sequence[OfficialLap], timing: RaceTiming) -> float | None:
    distance = max(lap.lap_number for driven in timing.laps.values() for lap in driven)
    best_s = _best_ten_s(laps)
    late = [lap.lap_time_s for lap in laps if lap.lap_number > distance * 2 / 3]
    fewest = 3
    if best_s is None or len(late) < fewest:
        return None
    return 100.0 * (float(np.median(late)) / best_s - 1.0)


def _put_duels(raw: dict[str, dict[str, float | None]], timing: RaceTiming) -> None:
    found = duels(timing)
    attacks = sum(one.attacks for one in found.values())
    if attacks == 0:
        return
    share = sum(one.attacks_won for one in found.values()) / attacks
    for number, one in found.items():
        raw[number]["attack_rate"] = shrunk_percent(one.attacks_won, one.attacks, share)
        raw[number]["defence_rate"] = shrunk_percent(one.defences_won, one.defences, 1.0 - share)
