"""``htt season validate``: how well the factors explain the finish, and whether signs hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from htt_desktop.domain.season.records import ModelCard, Validation


def validate(
    *,
    timing: Annotated[Path, typer.Option(help="Folder that holds <track>/race_<n>.")],
    year: Annotated[
        int | None,
        typer.Option(help="Year of the season; default: the one of the sheets."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="JSON file to write.")] = None,
) -> None:
    """Leave out every race, and every driver, once and predict the finishing order."""
    from htt_desktop.cli.json_file import write_json
    from htt_desktop.domain.season.finish_model import explain_finishes
    from htt_desktop.pipeline.season.features import season_features, season_finishes
    from htt_desktop.pipeline.season.layouts import read_sheets

    sheets = read_sheets(timing, year)
    features, finishes = season_features(sheets), season_finishes(sheets)
    card = explain_finishes(features, finishes)
    if json is not None:
        write_json(json, card_to_json(card))
    print(f"{card.purpose}: {len(card.features)} variables of {len(finishes)} races")
    print(f"{'left out':<12}{'n':>6}{'R²':>8}{'MAE':>8}{'Spearman':>10}")
    for name, row in (("one race", card.leave_one_race_out),
                      ("one driver", card.leave_one_driver_out)):  # fmt: skip
        if row is not None:
            print(f"{name:<12}{row.n:>6}{row.r2:>8.3f}{row.mae_places:>8.2f}{row.spearman:>10.3f}")


def card_to_json(card: ModelCard) -> dict[str, Any]:
    """Return a model card as JSON values."""
    return {
        "purpose": card.purpose,
        "features": list(card.features),
        "coefficients": {key: round(value, 4) for key, value in card.coefficients.items()},
        "explain": {
            "leave_one_race_out": _validation(card.leave_one_race_out),
            "leave_one_driver_out": _validation(card.leave_one_driver_out),
        },
    }


def _validation(row: Validation | None) -> dict[str, float] | None:
    if row is None:
        return None
    return {
        "n": row.n,
        "r2": round(row.r2, 4),
        "mae_places": round(row.mae_places, 3),
        "spearman": round(row.spearman, 4),
    }
