"""How far drivers finished from what their skills elsewhere let expect, track by track."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.season.factor_scores import Features
from htt_desktop.domain.season.finish_fit import (
    Finishes,
    FinishModel,
    Sample,
    by_race,
    fit,
    samples_of,
)
from htt_desktop.domain.season.race_skills import race_skills

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
        Mean expected place of their races there.
    better_by
        Expected minus real place, per race.
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
        model = fit(features, finishes, elsewhere)
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
        better_by=tuple(place - row.finish for place, row in zip(expected, rows, strict=True)),
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
    places = np.array([one.better_by[:2] for one in pairs])
    shared = float(np.mean(places[:, 0] * places[:, 1]))
    whole = float(np.mean(places**2))
    unsure = float(np.mean([one.expectation_variance for one in pairs]))
    smallest = SMALLEST_LASTING_SHARE * whole
    return Variances(max(shared - unsure, smallest), max(whole - max(shared, 0.0), smallest))
