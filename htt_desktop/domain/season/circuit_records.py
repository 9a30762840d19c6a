"""A driver's record at a track against what his other races let expect.

His place at the other tracks, relative to the middle of the field, is the expectation; the
difference at this track is shrunk by what such differences are worth: the share of them
that came back in the second race of a weekend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_scores import Features
from htt_desktop.domain.season.finish_fit import Finishes
from htt_desktop.domain.season.records import CircuitRecord

Z_80 = 1.2815515655446004
"""Half-width of an 80 % interval in standard deviations of a normal distribution."""

FEWEST_OTHER_RACES = 3
"""An expectation from fewer races elsewhere would be a guess."""


@dataclass(frozen=True)
class _Variances:
    lasting: float
    passing: float


def circuit_records(
    features: Features, finishes: Finishes, track_ids: Sequence[str]
) -> Mapping[str, tuple[CircuitRecord, ...]]:
    """Return one record per driver and track, tracks in the order given.

    Parameters
    ----------
    features
        Variables by race and driver; names the drivers.
    finishes
        Official positions of the classified starters.
    track_ids
        Tracks in calendar order.
    """
    drivers = sorted(
        {driver for cars in features.values() for driver in cars}
        | {driver for order in finishes.values() for driver in order}
    )
    residuals = {
        (driver, track): _residuals(finishes, driver, track)
        for driver in drivers
        for track in track_ids
    }
    variances = _variances([found for found in residuals.values() if found])
    return {
        driver: tuple(
            _record(finishes, driver, track, residuals[driver, track], variances)
            for track in track_ids
        )
        for driver in drivers
    }


def _behind_middle(finishes: Finishes, driver: str, keys: Sequence[RaceKey]) -> list[float]:
    return [
        finishes[key][driver] - middle_of(finishes[key]) for key in keys if driver in finishes[key]
    ]


def _residuals(finishes: Finishes, driver: str, track: str) -> list[float] | None:
    here = _behind_middle(finishes, driver, [key for key in finishes if key.track_id == track])
    elsewhere = _behind_middle(finishes, driver, [key for key in finishes if key.track_id != track])
    if len(elsewhere) < FEWEST_OTHER_RACES:
        return None
    expected = mean(elsewhere)
    return [expected - place for place in here]


def _variances(residuals: Sequence[Sequence[float]]) -> _Variances:
    pairs = np.array([found for found in residuals if len(found) == 2])
    if len(pairs) == 0:
        return _Variances(0.0, 1.0)
    lasting = max(0.0, float(np.mean(pairs[:, 0] * pairs[:, 1])))
    total = float(np.mean(pairs**2))
    return _Variances(lasting, max(total - lasting, 1e-9))


def _record(
    finishes: Finishes,
    driver: str,
    track: str,
    residuals: Sequence[float] | None,
    variances: _Variances,
) -> CircuitRecord:
    places = [
        order[driver]
        for key, order in finishes.items()
        if key.track_id == track and driver in order
    ]
    mean_finish = mean(places) if places else None
    if not residuals:
        return CircuitRecord(
            track_id=track, races=len(places), mean_finish=mean_finish, expected_finish=None,
            better_by_places=None, low_places=None, high_places=None, has_evidence=False,
        )  # fmt: skip
    races = len(residuals)
    share = variances.lasting / (variances.lasting + variances.passing / races)
    better = share * mean(residuals)
    half = Z_80 * (variances.lasting * (1.0 - share)) ** 0.5
    return CircuitRecord(
        track_id=track,
        races=races,
        mean_finish=mean_finish,
        expected_finish=mean(places) + mean(residuals),
        better_by_places=better,
        low_places=better - half,
        high_places=better + half,
        has_evidence=half > 0.0 and abs(better) > half,
    )


def middle_of(order: Mapping[str, int]) -> float:
    """Return the middle place of a race."""
    return (len(order) + 1) / 2
