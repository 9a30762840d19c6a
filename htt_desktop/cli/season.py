"""``htt season build`` makes season files; ``htt season validate`` says how well they explain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from htt_desktop.domain.season.factor_records import Validation
    from htt_desktop.domain.season.season_proof import SeasonProof
    from htt_desktop.pipeline.season.build import BuiltSeason

_DIGITS = 4


def validate(
    *,
    timing: Annotated[
        list[Path],
        typer.Option(
            help="Folder that holds <track>/race_<n> or <track>/<year>/race_<n>; may be repeated."
        ),
    ],
    year: Annotated[
        int | None,
        typer.Option(help="Year of the season; default: the year of the sheets."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="JSON file to write.")] = None,
) -> None:
    """Leave out every race, and every driver, once and predict the finishing order."""
    from htt_desktop.cli.json_file import write_json
    from htt_desktop.domain.season.season_proof import prove_season
    from htt_desktop.pipeline.season.features import (
        counting_finishes,
        season_features,
        season_finishes,
    )
    from htt_desktop.pipeline.season.layouts import read_sheets

    sheets = read_sheets(timing, year)
    champion = next(
        (line.driver_name for line in sheets.drivers.lines if line.position == 1), None
    ) if sheets.drivers is not None else None  # fmt: skip
    proof = prove_season(
        season_features(sheets), season_finishes(sheets), counting_finishes(sheets), champion
    )
    if json is not None:
        write_json(json, proof_to_json(sheets.year, proof))
    for line in proof_lines(sheets.year, proof):
        print(line)


def proof_to_json(year: int, proof: SeasonProof) -> dict[str, Any]:
    """Return the proof of a season as JSON values."""
    card, directions, coverage = proof.card, proof.directions, proof.circuit_coverage
    return {
        "season": year,
        "purpose": card.purpose,
        "n": proof.starts,
        "races": proof.races,
        "features": list(card.features),
        "coefficients": _rounded(card.coefficients),
        "explain": {
            "leave_one_race_out": _validation(card.leave_one_race_out),
            "leave_one_driver_out": _validation(card.leave_one_driver_out),
        },
        "directions": {
            "scores": {"tried": directions.scores, "wrong": directions.scores_wrong},
            "places": {"tried": directions.places, "wrong": directions.places_wrong},
        },
        "champion": None
        if proof.champion_rank is None
        else {"driver": proof.champion, "predicted": proof.champion_rank, "of": proof.drivers},
        "half_seasons": _rounded(proof.half_seasons),
        "with_finish": _rounded(proof.with_finish),
        "circuits": None
        if coverage is None
        else {
            "n": coverage.n,
            "coverage_of_80_percent": round(coverage.share, _DIGITS),
            "width_of_single_race_places": round(coverage.width_places, _DIGITS),
            "width_of_record_places": round(coverage.drawn_width_places, _DIGITS),
        },
    }


def proof_lines(year: int, proof: SeasonProof) -> list[str]:
    """Return the proof of a season as a table."""
    card, directions = proof.card, proof.directions
    starts = f"{proof.starts} starts of {proof.drivers} drivers in {proof.races} races"
    lines = [
        f"{year}: {starts}; the model {card.purpose}",
        f"{'left out':<18}{'n':>6}{'R²':>8}{'MAE':>8}{'Spearman':>10}",
    ]
    for name, row in (
        ("one race", card.leave_one_race_out),
        ("one driver", card.leave_one_driver_out),
    ):
        lines.append(
            f"{name:<18}{'too few to leave one out':>32}"
            if row is None
            else f"{name:<18}{row.n:>6}{row.r2:>8.3f}{row.mae_places:>8.2f}{row.spearman:>10.3f}"
        )
    lines.append(f"{'factor':<18}{'places per SD':>14}{'two halves':>12}")
    for factor, gain in card.coefficients.items():
        half = proof.half_seasons.get(factor)
        lines.append(f"{factor:<18}{gain:>14.2f}{'–' if half is None else f'{half:.2f}':>12}")
    lines.append(
        f"made worse: {directions.scores} season values, {directions.scores_wrong} scores rose; "
        f"{directions.places} race values, {directions.places_wrong} predictions improved"
    )
    if proof.champion_rank is not None:
        lines.append(
            f"champion {proof.champion}: predicted {proof.champion_rank} of {proof.drivers}"
        )
    if proof.circuit_coverage is not None:
        found = proof.circuit_coverage
        lines.append(
            f"records per track: {found.share:.0%} of {found.n} races inside the 80 % interval of"
            f" a single race ({found.width_places:.1f} places wide on average); the interval of a"
            f" lasting difference, {found.drawn_width_places:.1f} places wide, is not tested"
        )
    return lines


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {key: round(value, _DIGITS) for key, value in values.items()}


def _validation(row: Validation | None) -> dict[str, float] | None:
    if row is None:
        return None
    return {
        "n": row.n,
        "r2": round(row.r2, _DIGITS),
        "mae_places": round(row.mae_places, _DIGITS),
        "spearman": round(row.spearman, _DIGITS),
    }


season_app = typer.Typer(help="Seasons from official timing.", no_args_is_help=True)
season_app.command("validate")(validate)


@season_app.callback()
def _season() -> None:
    """Build a season from official timing, and validate its model."""


@season_app.command("build")
def build(
    *,
    timing: Annotated[
        list[Path],
        typer.Option(
            help="Folder that holds <track>/race_<n> or <track>/<year>/race_<n>; may be repeated."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder to write the season into.")],
    year: Annotated[
        int | None,
        typer.Option(help="Year of the season; default: the year of the sheets."),
    ] = None,
    notes: Annotated[
        bool, typer.Option(help="Print every contradiction between the sheets.")
    ] = True,
    json: Annotated[Path | None, typer.Option(help="JSON file to write the report to.")] = None,
) -> None:
    """Turn official timing sheets into the season files of the application."""
    from htt_desktop.cli.cancel_signal import cancelled_by_signal
    from htt_desktop.cli.json_file import write_json
    from htt_desktop.pipeline.season.job import build_season_files
    from htt_desktop.sources.bundled import data_dir

    with cancelled_by_signal() as cancel:
        built = build_season_files(timing, out, year, data_dir(), cancel)
    report = season_report(built)
    if notes:
        for note in built.season.origin.notes:
            print(f"- {note}")
    for line in report_lines(report):
        print(line)
    if json is not None:
        write_json(json, report)


def season_report(built: BuiltSeason) -> dict[str, Any]:
    """Return what was built as JSON values."""
    season = built.season
    model = season.model
    return {
        "season": season.year,
        "races": len(season.races),
        "drivers": len(season.drivers),
        "laps": sum(
            len(car.lap_number) for race in built.laps.races.values() for car in race.cars.values()
        ),
        "sheets": len(season.origin.files),
        "notes": list(season.origin.notes),
        "purpose": model.purpose,
        "explain": {
            "leave_one_race_out": _figures(model.leave_one_race_out),
            "leave_one_driver_out": _figures(model.leave_one_driver_out),
        },
    }


def _figures(validation: Validation | None) -> dict[str, float] | None:
    if validation is None:
        return None
    return {
        "n": validation.n,
        "r2": round(validation.r2, 4),
        "mae_places": round(validation.mae_places, 3),
        "spearman": round(validation.spearman, 3),
    }


def report_lines(report: dict[str, Any]) -> list[str]:
    """Return the report for people, one line each."""
    lines = [
        (
            f"season {report['season']}: {report['races']} races, {report['drivers']} drivers, "
            f"{report['laps']:,} laps from {report['sheets']} sheets"
        ),
        f"contradictions and gaps in the sheets: {len(report['notes'])}",
    ]
    for name, figures in report["explain"].items():
        title = name.replace("_", " ")
        lines.append(
            f"{title}: too few races"
            if figures is None
            else f"{title}: R² {figures['r2']:.3f}, mean error {figures['mae_places']:.2f} "
            f"places, Spearman {figures['spearman']:.3f}, n {figures['n']} "
            f"({report['purpose']})"
        )
    return lines
