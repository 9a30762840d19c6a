"""Tool tips of the standings: what a figure is made of, or why there is none."""

from __future__ import annotations

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.factor_records import DashboardDriver, VariableScore
from htt_desktop.domain.season.factor_table import FACTORS_BY_ID, OVERALL_WEIGHTS, Factor
from htt_desktop.domain.season.race_records import SeasonStats
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.result_texts import season_notes, tip_of

_WHY_NOT = {
    "qualifying_gap": "no qualifying time",
    "best_lap_gap": "no published fastest lap",
    "best_ten_gap": "too few timed laps",
    "lap_spread": "too few clean laps",
    "sector_spread": "too few clean laps with sectors",
    "trouble_share": "too few timed laps",
    "attack_rate": "no green lap begun close behind a rival",
    "defence_rate": "no green lap begun with a rival close behind",
    "pace_loss": "too few clean laps",
    "late_gap": "too few clean laps late in a race",
}
_HIGHER = "0–100, percentile of the field: higher is better."


def factor_heading(factor: Factor) -> str:
    """Return what a factor is made of, for the heading of its column."""
    lines = [f"{factor.title}: {_HIGHER}"]
    lines += [
        f"{_percent(variable.weight)} {variable.title}: {variable.meaning}"
        f" {'More' if variable.sign > 0 else 'Less'} is better."
        for variable in factor.variables
    ]
    return "\n".join(lines)


def overall_heading() -> str:
    """Return how the overall score is weighted."""
    parts = ", ".join(
        f"{_percent(weight)} {FACTORS_BY_ID[factor].title.lower()}"
        for factor, weight in OVERALL_WEIGHTS.items()
    )
    return f"Overall: {parts}. {_HIGHER}"


def race_count(races: int) -> str:
    """Return a number of races in words.

    Examples
    --------
    >>> race_count(1), race_count(14), race_count(0)
    ('1 race', '14 races', 'no race')
    """
    return counted(races, "race") if races else "no race"


def factor_tip(season: Season, driver: str, factor: Factor) -> str:
    """Return rank and variables of one driver's factor, or why there is no score."""
    known = season.factors.get(driver)
    score = known.factors.get(factor.id) if known is not None else None
    if score is None:
        return f"{factor.title}: {formats.MISSING}, no race with figures"
    if score.score is None:
        head = f"{factor.title}: {formats.MISSING}, {race_count(_races(season, driver))}"
    else:
        head = (
            f"{factor.title} {formats.number(score.score)}: rank {score.rank} of {score.of},"
            f" from {race_count(score.races)}"
        )
    lines = [head]
    for variable in factor.variables:
        figure = score.variables.get(variable.id)
        if figure is None or figure.raw is None:
            lines.append(f"{variable.title}: {_WHY_NOT.get(variable.id, 'no figure')}")
        else:
            lines.append(_figure(variable.title, variable.unit, figure))
    return "\n".join(lines)


def overall_tip(season: Season, driver: str) -> str:
    """Return how the overall score came about, or which factor is missing."""
    scores = season.drivers[driver].factors
    missing = [
        FACTORS_BY_ID[key].title.lower() for key in OVERALL_WEIGHTS if scores.get(key) is None
    ]
    if missing:
        count = race_count(_races(season, driver))
        return f"No overall score: there is none for {' and '.join(missing)} ({count})."
    parts = " + ".join(
        f"{_percent(weight)} × {formats.number(scores[key])}"
        for key, weight in OVERALL_WEIGHTS.items()
    )
    return f"{parts}, from {race_count(_races(season, driver))}"


def average_tip(season: Season, driver: str) -> str:
    """Return what the average finish is the mean of, and what there is to say about it."""
    stats = season.stats.get(driver)
    if stats is None or stats.avg_finish is None:
        return "no classified finish"
    best = f", best {stats.best_finish}" if stats.best_finish is not None else ""
    without = f", {stats.dnfs} without the chequered flag" if stats.dnfs else ""
    text = f"mean of the official positions in {race_count(stats.races)}{best}{without}"
    return "\n".join([text, tip_of(season_notes(season, driver))]).rstrip()


def entries_tip(driver: DashboardDriver, stats: SeasonStats | None) -> str:
    """Return name and every number and team of a driver."""
    entries = stats.entries if stats is not None else ()
    if len(entries) < 2:
        return f"{driver.driver_number} {driver.name}, {driver.team}"
    spans = [f"{span.driver_number} {span.team}: {race_count(span.races)}" for span in entries]
    return "\n".join([driver.name, *spans])


def _figure(title: str, unit: str, figure: VariableScore) -> str:
    raw = f"{formats.number(figure.raw, 2)} {unit}"
    share = f", weight {_percent(figure.weight)}"
    return f"{title}: {raw}, percentile {formats.number(figure.percentile)}{share}"


def _races(season: Season, driver: str) -> int:
    return season.drivers[driver].races


def _percent(share: float) -> str:
    return f"{formats.number(100 * share)} %"
