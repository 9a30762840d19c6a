"""``htt season``: build a season from official timing, and validate its model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from htt_desktop.cli.season_validate import validate

if TYPE_CHECKING:
    from htt_desktop.domain.season.model_records import Validation
    from htt_desktop.pipeline.season.build import BuiltSeason

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
