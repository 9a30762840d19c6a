"""Everything that can be proved about a season's factors and model, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from htt_desktop.domain.season.circuit_records import Coverage, second_race_coverage
from htt_desktop.domain.season.directions import Directions, check_directions
from htt_desktop.domain.season.factor_scores import Features
from htt_desktop.domain.season.finish_fit import Finishes, samples_of
from htt_desktop.domain.season.finish_model import explain_finishes
from htt_desktop.domain.season.finish_validation import predicted_order
from htt_desktop.domain.season.model_records import ModelCard
from htt_desktop.domain.season.reliability import finish_correlations, half_season_correlations


@dataclass(frozen=True, kw_only=True)
class SeasonProof:
    """What was measured.

    Attributes
    ----------
    starts
        Classified starts behind the model.
    champion_rank
        The champion's place by mean predicted place, every race predicted by a model that
        has not seen it; ``None`` without a champion.
    half_seasons
        Rank correlation between two halves of the season by variable and factor id.
    with_finish
        Rank correlation with the finish within a race by variable id.
    circuit_coverage
        Predictions of one race of a weekend from the other, and how many of their 80 %
        intervals held.
    """

    card: ModelCard
    starts: int
    races: int
    drivers: int
    directions: Directions
    champion: str | None
    champion_rank: int | None
    half_seasons: Mapping[str, float]
    with_finish: Mapping[str, float]
    circuit_coverage: Coverage | None


def prove_season(
    features: Features, finishes: Finishes, counting: Finishes, champion: str | None
) -> SeasonProof:
    """Measure the factors and the model of a season.

    Parameters
    ----------
    features
        Variables by race and driver.
    finishes
        Official positions of the classified starters.
    counting
        Those that count for the records per track.
    champion
        Winner of the official standings, ``None`` without any.
    """
    samples = samples_of(features, finishes)
    order = [driver for driver, _ in predicted_order(features, finishes)]
    return SeasonProof(
        card=explain_finishes(features, finishes),
        starts=len(samples),
        races=len({sample.key for sample in samples}),
        drivers=len(order),
        directions=check_directions(features, finishes),
        champion=champion,
        champion_rank=order.index(champion) + 1 if champion in order else None,
        half_seasons=half_season_correlations(features),
        with_finish=finish_correlations(features, finishes),
        circuit_coverage=second_race_coverage(
            features, counting, list(dict.fromkeys(key.track_id for key in finishes))
        ),
    )
