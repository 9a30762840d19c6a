"""``htt compare``: two laps, as a table and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from htt_desktop.wiring.wanted_race import wanted_race
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice


def compare(
    *,
    track: Annotated[str, typer.Option(help="Track id.")],
    race: Annotated[int, typer.Option(help="1 or 2.")],
    reference: Annotated[str, typer.Option(help="Driver number of the reference.")],
    compared: Annotated[str, typer.Option(help="Driver number to compare.")],
    season: Annotated[int | None, typer.Option(help="Year; default: the newest known.")] = None,
    reference_lap: Annotated[int | None, typer.Option(help="Default: fastest clean.")] = None,
    compared_lap: Annotated[int | None, typer.Option(help="Default: fastest clean.")] = None,
    pack: Annotated[list[Path] | None, typer.Option(help="Pack file to read.")] = None,
    json: Annotated[Path | None, typer.Option(help="JSON file to write.")] = None,
) -> None:
    """Compare two laps and say where the time is."""
    from htt_desktop.cli.comparison_json import comparison_to_json
    from htt_desktop.cli.json_file import write_json
    from htt_desktop.wiring.comparison_table import print_comparison
    from htt_desktop.wiring.telemetry import compare_now

    choices = LapChoice(reference, reference_lap), LapChoice(compared, compared_lap)
    request = CompareRequest(wanted_race(season, track, race, pack or []), *choices)
    comparison = compare_now(request, pack or [])[1].comparison
    if json is not None:
        write_json(json, comparison_to_json(comparison))
    print_comparison(comparison)
