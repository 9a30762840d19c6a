"""A driver's record at a track against what their factors at the other tracks predict.

The difference is shrunk by what such differences are worth: the share of them that came back in
the second race of a weekend. In 2025 that was little, so most records say "no evidence".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean

import numpy as np

from htt_desktop.domain.season.factor_records import CircuitRecord
from htt_desktop.domain.season.factor_scores import Features, race_skills
from htt_desktop.domain.season.finish_model import (
    Finishes,
    FinishModel,
    Sample,
    by_race,
    fit_finish_model,
    samples_of,
)

Z_80 = 1.2815515655446004
"""Half-width of an 80 % interval in standard deviations of a normal distribution."""

RACES_OF_A_WEEKEND = 2

FEWEST_OTHER_RACES = 3
"""An expectation from fewer races elsewhere would be a guess."""

FEWEST_PAIRS = 12
"""With fewer drivers who raced twice at a track nobody can tell habit from luck."""

SMALLEST_LASTING_SHARE = 0.01
"""Of the whole variance: no season is long enough to prove that tracks make no difference."""


@dataclass(frozen=True)
class Residual:
    """One driver at one track.

    Attributes
    ----------
    expected
        Mean expected position of their races there.
    better_by
        Expected minus real position, per race.
    expectation_variance
        Squared standard error of the expectation, in places².
    """

    driver: str
    track_id: str
    expected: float
    better_by: tuple[float, ...]
    expectation_variance: float

    @property
    def mean(self) -> float:
        """Mean of the races."""
        return sum(self.better_by) / len(self.better_by)


@dataclass(frozen=True)
class Variances:
    """What a residual is made of, in places².

    Attributes
    ----------
    lasting
        Of the driver at the track: comes back in the other race of the weekend.
    passing
        Of the single race.
    """

    lasting: float
    passing: float

    def share(self, residual: Residual, races: int) -> float:
        """Return which part of a mean over some races is the driver's own at this track."""
        scatter = residual.expectation_variance + self.passing / races
        return self.lasting / (self.lasting + scatter)


def circuit_records(
    features: Features, finishes: Finishes, counting: Finishes, track_ids: Sequence[str]
) -> Mapping[str, tuple[CircuitRecord, ...]]:
    """Return one record per driver and track, tracks in the order given.

    Parameters
    ----------
    features
        Variables by race and driver.
    finishes
        Official positions of the classified starters.
    counting
        Those of the cars that took the chequered flag and were not put back by the
        stewards. Two retirements in one weekend say nothing about driver and track.
    track_ids
        Tracks in calendar order.

    Returns
    -------
    mapping
        By driver. The interval is that of their lasting difference at the track, not of the
        next race there, which scatters by about eight places more. Without enough races
        elsewhere there is no expectation; without enough drivers who raced twice at a
        track there is no interval.
    """
    drivers = sorted(
        {driver for cars in (*features.values(), *finishes.values()) for driver in cars}
    )
    residuals = track_residuals(features, counting, track_ids)
    variances = variances_of(residuals)
    found = {(one.driver, one.track_id): one for one in residuals}
    return {
        driver: tuple(
            _record(
                _places(counting, driver, track),
                len(_places(finishes, driver, track)),
                track,
                found.get((driver, track)),
                variances,
            )
            for track in track_ids
        )
        for driver in drivers
    }


def _places(finishes: Finishes, driver: str, track_id: str) -> list[int]:
    return [
        order[driver]
        for key, order in finishes.items()
        if key.track_id == track_id and driver in order
    ]


def _record(
    finishes: Sequence[int],
    starts: int,
    track_id: str,
    residual: Residual | None,
    variances: Variances | None,
) -> CircuitRecord:
    better = low = high = None
    if residual is not None and variances is not None:
        share = variances.share(residual, len(residual.better_by))
        better = share * residual.mean
        half = _half(variances, residual)
        low, high = better - half, better + half
    return CircuitRecord(
        track_id=track_id,
        races=len(finishes),
        mean_finish=mean(finishes) if finishes else None,
        expected_finish=None if residual is None else residual.expected,
        better_by_places=better,
        low_places=low,
        high_places=high,
        has_evidence=low is not None and high is not None and (low > 0.0 or high < 0.0),
        left_out=starts - len(finishes),
    )


@dataclass(frozen=True)
class Coverage:
    """How often an interval for a single race held.

    Attributes
    ----------
    n
        Races predicted.
    share
        Of them inside their 80 % interval.
    width_places
        Mean width of these intervals, which hold a single race.
    drawn_width_places
        Mean width of the 80 % intervals of the records, which hold a lasting difference.
        Only a season of many weekends at one track could test these directly.
    """

    n: int
    share: float
    width_places: float
    drawn_width_places: float


def second_race_coverage(
    features: Features, counting: Finishes, track_ids: Sequence[str]
) -> Coverage | None:
    """Predict each race of a weekend from the other one and count the hits.

    Every prediction is made from one race of the driver at the track, with variances that
    owe nothing to that driver, and its 80 % interval adds the scatter of a single race to
    that of the lasting difference. What is tested is therefore the interval of a single
    race, about three times as wide as the one of :func:`circuit_records`.

    Returns
    -------
    Coverage or None
        ``None`` without any prediction.
    """
    residuals = track_residuals(features, counting, track_ids)
    hits, widths = [], []
    for one in residuals:
        variances = variances_of(residuals, one.driver)
        if len(one.better_by) != RACES_OF_A_WEEKEND or variances is None:
            continue
        common = variances.lasting + one.expectation_variance
        whole = common + variances.passing
        half = Z_80 * sqrt(whole - common**2 / whole)
        for seen, unseen in (one.better_by, one.better_by[::-1]):
            hits.append(abs(unseen - common / whole * seen) <= half)
            widths.append(2 * half)
    everybody = variances_of(residuals)
    if not hits or everybody is None:
        return None
    drawn = [2 * _half(everybody, one) for one in residuals]
    return Coverage(len(hits), sum(hits) / len(hits), mean(widths), mean(drawn))


def _half(variances: Variances, residual: Residual) -> float:
    """Return half of the 80 % interval of a lasting difference, in places."""
    share = variances.share(residual, len(residual.better_by))
    return Z_80 * sqrt(variances.lasting * (1.0 - share))


def track_residuals(
    features: Features, finishes: Finishes, track_ids: Sequence[str]
) -> list[Residual]:
    """Return the residuals of every driver who raced at a track and often enough elsewhere.

    The races of the track are left out of the model and of the driver's skills.
    """
    samples = samples_of(features, finishes)
    skills: dict[Sample, np.ndarray] = {}
    for key, rows in by_race(samples).items():
        drivers = [row.driver for row in rows]
        skills.update(zip(rows, race_skills(features[key], drivers, drivers), strict=True))
    found = []
    for track_id in track_ids:
        elsewhere = [sample for sample in samples if sample.key.track_id != track_id]
        model = fit_finish_model(features, finishes, elsewhere)
        others = _by_driver(elsewhere)
        here = _by_driver(sample for sample in samples if sample.key.track_id == track_id)
        for driver, rows in here.items():
            known = [skills[sample] for sample in others.get(driver, ())]
            if len(known) >= FEWEST_OTHER_RACES:
                found.append(_residual(finishes, model, rows, np.array(known)))
    return found


def _by_driver(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.driver, []).append(sample)
    return found


def _residual(
    finishes: Finishes, model: FinishModel, rows: Sequence[Sample], known: np.ndarray
) -> Residual:
    gains = known @ model.gains
    ahead = float(np.mean(gains))
    expected = [(len(finishes[row.key]) + 1) / 2 - ahead for row in rows]
    return Residual(
        driver=rows[0].driver,
        track_id=rows[0].key.track_id,
        expected=float(np.mean(expected)),
        better_by=tuple(
            position - row.finish for position, row in zip(expected, rows, strict=True)
        ),
        expectation_variance=float(np.var(gains, ddof=1)) / len(known),
    )


def variances_of(residuals: Collection[Residual], without: str | None = None) -> Variances | None:
    """Estimate how much of the residuals comes back in the second race of a weekend.

    Parameters
    ----------
    residuals
        All residuals.
    without
        A driver left out, for a judgement that owes nothing to them.

    Returns
    -------
    Variances or None
        ``None`` with fewer than :data:`FEWEST_PAIRS` pairs of races.

    Notes
    -----
    The products of both races hold what lasts and, since both share it, the error of the
    expectation, which is taken off.
    """
    pairs = [one for one in residuals if len(one.better_by) > 1 and one.driver != without]
    if len(pairs) < FEWEST_PAIRS:
        return None
    better = np.array([one.better_by[:2] for one in pairs])
    shared = float(np.mean(better[:, 0] * better[:, 1]))
    whole = float(np.mean(better**2))
    unsure = float(np.mean([one.expectation_variance for one in pairs]))
    smallest = SMALLEST_LASTING_SHARE * whole
    return Variances(max(shared - unsure, smallest), max(whole - max(shared, 0.0), smallest))
