"""Predictions for races and drivers that the model has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_scores import Features
from htt_desktop.domain.season.finish_fit import Finishes, Sample, by_race, fit, samples_of
from htt_desktop.domain.season.model_records import Validation
from htt_desktop.domain.season.race_skills import race_skills
from htt_desktop.domain.season.rank_figures import rank_correlation


def folds_by(samples: Sequence[Sample], what: Literal["key", "driver"]) -> list[list[Sample]]:
    """Return the samples in groups of one race, or of one driver."""
    found: dict[RaceKey | str, list[Sample]] = {}
    for sample in samples:
        found.setdefault(sample.key if what == "key" else sample.driver, []).append(sample)
    return list(found.values())


def predict_folds(
    features: Features,
    finishes: Finishes,
    samples: Sequence[Sample],
    folds: Sequence[Sequence[Sample]],
) -> dict[Sample, float]:
    """Predict each fold's places with a model that never saw the fold.

    A driver left out is ranked against the field without them, which is the field the
    model was fitted to; a race left out is ranked within itself.
    """
    predicted: dict[Sample, float] = {}
    for fold in folds:
        left_out = set(fold)
        kept = [sample for sample in samples if sample not in left_out]
        model, seen = fit(features, finishes, kept), by_race(kept)
        for key, rows in by_race(fold).items():
            drivers = [row.driver for row in rows]
            field = [row.driver for row in seen.get(key, rows)]
            places = model.places(race_skills(features[key], drivers, field), len(finishes[key]))
            predicted.update(zip(rows, places.tolist(), strict=True))
    return predicted


def validate_folds(
    features: Features,
    finishes: Finishes,
    samples: Sequence[Sample],
    folds: Sequence[Sequence[Sample]],
) -> Validation:
    """Return how good the predictions of unseen folds are."""
    return measure(predict_folds(features, finishes, samples, folds))


def measure(predicted: Mapping[Sample, float]) -> Validation:
    """Return how good predicted places are; the rank correlation is a mean over the races."""
    finish = np.array([sample.finish for sample in predicted], dtype=np.float64)
    places = np.array(list(predicted.values()))
    left = float(np.sum((finish - places) ** 2))
    total = float(np.sum((finish - finish.mean()) ** 2))
    within = [
        rank_correlation([row.finish for row in rows], [predicted[row] for row in rows])
        for rows in by_race(list(predicted)).values()
    ]
    known = [rho for rho in within if rho is not None]
    return Validation(
        n=len(finish),
        r2=1.0 - left / total if total else 0.0,
        mae_places=float(np.mean(np.abs(finish - places))),
        spearman=float(np.mean(known)) if known else 0.0,
    )


def predicted_order(features: Features, finishes: Finishes) -> list[tuple[str, float]]:
    """Return drivers with their mean predicted place, as share of the field, the best first.

    Every race is predicted by a model that has not seen it, since a champion put in front by
    their own results would prove nothing.
    """
    samples = samples_of(features, finishes)
    predicted = predict_folds(features, finishes, samples, folds_by(samples, "key"))
    shares: dict[str, list[float]] = {}
    for sample, place in predicted.items():
        shares.setdefault(sample.driver, []).append(place / (len(finishes[sample.key]) + 1))
    return sorted(
        ((driver, float(np.mean(found))) for driver, found in shares.items()),
        key=lambda pair: (pair[1], pair[0]),
    )
