"""What a track asks for: its demands, and which factor went with the finish, beyond chance."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from statistics import median

import numpy as np

from htt_desktop.domain.race import OfficialLap, RaceKey, RaceTiming
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.season.factor_scores import Features, score_drivers
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.finish_model import Finishes
from htt_desktop.domain.season.lap_figures import (
    clean_laps,
    lap_numbers,
    lap_times_s,
    percentiles,
    rank_correlation,
    robust_slope,
)
from htt_desktop.domain.season.race_features import FEWEST_CLEAN_LAPS
from htt_desktop.domain.season.running_order import passes, raced_laps
from htt_desktop.domain.season.track_records import Decisive, Demands
from htt_desktop.domain.tracks import Track
from htt_desktop.domain.units import KMH_PER_MPS

DRAWS = 1000
SEED = 20250329
"""Fixed, so that the same sheets give the same interval everywhere."""

FEWEST_CARS = 8

_FINISH = 0
"""Column of the finish in the rows of a driver; the factors follow in their order."""

_Scores = Mapping[str, Mapping[str, float]]
"""Scores of a race by driver and factor; what is unknown is absent."""


def decided_by(features_of_track: Features, finishes_of_track: Finishes) -> tuple[Decisive, ...]:
    """Return all four factors, the one that went most strongly with the finish first.

    All factors are compared on the same starts: those that have a score of every factor known
    at the track. A factor that lacks some cars, as tyre management lacks the retired, would
    otherwise be measured on an easier field than the others.

    Scores and finishes are ranked within each race, then pooled; whole drivers are drawn for
    interval and lead, since the two races of one driver belong together.
    """
    scores = {
        key: _scores(features_of_track.get(key, {}), key, order)
        for key, order in finishes_of_track.items()
    }
    known = [
        factor.id
        for factor in FACTORS
        if any(
            sum(factor.id in own for own in cars.values()) >= FEWEST_CARS
            for cars in scores.values()
        )
    ]
    rows = _rows(known, scores, finishes_of_track)
    found = [*_compared(known, rows), *(_unknown(f.id) for f in FACTORS if f.id not in known)]
    table = [factor.id for factor in FACTORS]
    found.sort(key=lambda one: table.index(one.factor))
    return tuple(
        sorted(found, key=lambda one: -abs(one.correlation) if one.correlation is not None else 1)
    )


def _scores(
    cars: Mapping[str, Mapping[str, float | None]], key: RaceKey, starters: Container[str]
) -> _Scores:
    """Return the scores within a race, for which who only qualified is no measure."""
    scored = score_drivers({key: {name: own for name, own in cars.items() if name in starters}})
    return {
        driver: {
            factor: found.score for factor, found in own.factors.items() if found.score is not None
        }
        for driver, own in scored.items()
    }


def _rows(
    known: Sequence[str], scores: Mapping[RaceKey, _Scores], finishes: Finishes
) -> list[FloatArray]:
    """Return one array per driver: a row per start, finish and scores as percentiles."""
    found: dict[str, list[FloatArray]] = {}
    for key, cars in scores.items():
        complete = [
            driver
            for driver in finishes[key]
            if driver in cars and all(factor in cars[driver] for factor in known)
        ]
        if len(complete) < FEWEST_CARS:
            continue
        finish = percentiles([-finishes[key][driver] for driver in complete])
        ranked = [percentiles([cars[driver][factor] for driver in complete]) for factor in known]
        for driver, row in zip(complete, np.column_stack([finish, *ranked]), strict=True):
            found.setdefault(driver, []).append(row)
    return [np.array(own) for _, own in sorted(found.items())]


def _compared(known: Sequence[str], rows: Sequence[FloatArray]) -> list[Decisive]:
    whole = _correlations(rows) if rows else [None] * len(known)
    drawn = _drawn(rows, len(known)) if rows else np.empty((0, len(known)))
    leads = _lead_shares(drawn)
    found = []
    for index, factor in enumerate(known):
        correlation, values = whole[index], drawn[:, index]
        values = values[~np.isnan(values)]
        if correlation is None or not len(values):
            found.append(_unknown(factor))
            continue
        low, high = (float(end) for end in np.percentile(values, [2.5, 97.5]))
        found.append(
            Decisive(
                factor=factor,
                correlation=correlation,
                low=low,
                high=high,
                n=sum(map(len, rows)),
                has_evidence=low > 0.0 or high < 0.0,
                n_drivers=len(rows),
                leads_share=leads[index],
            )
        )
    return found


def _correlations(rows: Sequence[FloatArray]) -> list[float | None]:
    pooled = np.concatenate(rows)
    return [
        rank_correlation(pooled[:, column], pooled[:, _FINISH])
        for column in range(_FINISH + 1, pooled.shape[1])
    ]


def _drawn(rows: Sequence[FloatArray], factors: int) -> FloatArray:
    """Return the correlations of every draw of drivers; NaN where a draw has none."""
    random = np.random.Generator(np.random.PCG64(SEED))
    found = np.full((DRAWS, factors), np.nan)
    picks = random.integers(0, len(rows), size=(DRAWS, len(rows)))
    for draw, picked in enumerate(picks):
        for index, rho in enumerate(_correlations([rows[row] for row in picked])):
            if rho is not None:
                found[draw, index] = rho
    return found


def _lead_shares(drawn: FloatArray) -> list[float]:
    """Return in which share of the draws each factor alone had the highest correlation."""
    if not len(drawn):
        return [0.0] * drawn.shape[1]
    known = np.where(np.isnan(drawn), -np.inf, drawn)
    is_top = known == known.max(axis=1, keepdims=True)
    is_top &= is_top.sum(axis=1, keepdims=True) == 1
    return [float(share) for share in is_top.mean(axis=0)]


def _unknown(factor: str) -> Decisive:
    return Decisive(
        factor=factor,
        correlation=None,
        low=None,
        high=None,
        n=0,
        has_evidence=False,
        n_drivers=0,
        leads_share=None,
    )


def demands(track: Track | None, timings: Sequence[RaceTiming]) -> Demands:
    """Return the figures of a track.

    Parameters
    ----------
    track
        Its geometry; without it speed and corners are unknown.
    timings
        The races held there.

    Returns
    -------
    Demands
        Mean speed of the median clean lap over the centre-line length; passes per car and
        ten raced laps; the field's median robust slope of the clean laps, in which fuel
        burnt off hides part of what the tyres lose; yellow laps among all laps.
    """
    laps = [lap for timing in timings for driven in timing.laps.values() for lap in driven]
    clean = [clean_laps(driven) for timing in timings for driven in timing.laps.values()]
    times_s = [lap.lap_time_s for driven in clean for lap in driven]
    raced = sum(len(cars) for timing in timings for cars in raced_laps(timing).values())
    made = sum(one.made for timing in timings for one in passes(timing).values())
    losses = [_loss_percent(driven) for driven in clean if len(driven) >= FEWEST_CLEAN_LAPS]
    yellow = sum(lap.flag == "FCY" for lap in laps)
    return Demands(
        mean_speed_kmh=None
        if track is None or not times_s
        else KMH_PER_MPS * track.length_m / median(times_s),
        corners_per_km=None
        if track is None
        else 1000.0 * len(track.numbered_corners) / track.length_m,
        passes_per_car_and_10_laps=10.0 * made / raced if raced else None,
        pace_loss_percent_per_10_laps=median(losses) if losses else None,
        yellow_share=yellow / len(laps) if laps else None,
    )


def _loss_percent(laps: Sequence[OfficialLap]) -> float:
    middle_s = median(lap.lap_time_s for lap in laps)
    return 100.0 * 10.0 * robust_slope(lap_numbers(laps), lap_times_s(laps)) / middle_s
