"""``htt telemetry import`` and ``htt data …``: raw files in, packs and tables out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from htt_desktop.cli.cancel_signal import cancelled_by_signal
from htt_desktop.cli.telemetry_transfers import download, upload
from htt_desktop.domain.errors import UnknownTrackError
from htt_desktop.domain.tracks import Track

telemetry_app = typer.Typer(help="Telemetry packs.", no_args_is_help=True)
data_app = typer.Typer(help="The bundled data.", no_args_is_help=True)


@telemetry_app.callback()
def _telemetry() -> None:
    """Telemetry packs."""


@data_app.callback()
def _data() -> None:
    """Rebuild the bundled data."""


@telemetry_app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Raw logger files: CSV, CSV.gz, Parquet.")],
    timing: Annotated[Path, typer.Option(help="Folder or sheet of official timing.")],
    track: Annotated[str, typer.Option(help="Track id, such as barber.")],
    race: Annotated[int, typer.Option(min=1, max=9, help="Number of the race.")],
    out: Annotated[Path, typer.Option(help="Pack to write, such as race.parquet.")],
    vehicle: Annotated[
        str,
        typer.Option(help="Number of the car, for files that do not say."),
    ] = "",
    season: Annotated[
        int | None, typer.Option(help="Year; default: taken from timing and rows.")
    ] = None,
) -> None:
    """Turn raw logger files and official timing into one telemetry pack."""
    from htt_desktop.cli.import_report import print_report
    from htt_desktop.pipeline.importing import ImportProgress, ImportRequest, import_race

    tracks = _tracks()
    known = _known(tracks, track)
    request = ImportRequest(tuple(files), timing, known, race, out, vehicle, season, tracks)
    with cancelled_by_signal() as cancel, _bar() as bar:
        task = bar.add_task("reading", total=None, rows="")

        def show(progress: ImportProgress) -> None:
            bar.update(
                task,
                description=progress.stage,
                completed=progress.bytes_done,
                total=progress.bytes_total,
                rows=f"{progress.rows:,} rows",
            )

        report = import_race(request, show, cancel)
    print_report(Console(), report)


telemetry_app.command("upload")(upload)
telemetry_app.command("download")(download)


@data_app.command("build")
def build(
    shared: Annotated[Path, typer.Option(help="Folder that holds gr_cup.")],
    out: Annotated[Path, typer.Option(help="Data folder to fill.")],
) -> None:
    """Build track table, packs, seasons and their README from the published files."""
    from htt_desktop.pipeline.bundle import build_bundle
    from htt_desktop.pipeline.season.job import build_bundled_seasons

    console = Console()

    def say(line: str) -> None:
        console.print(line, highlight=False)

    with cancelled_by_signal() as cancel:
        build_bundle(shared, out, cancel, say)
        build_bundled_seasons(shared, out, cancel, say)


@data_app.command("tracks")
def tracks(
    figures: Annotated[Path, typer.Option(help="Printed track figures, JSON.")],
    corners: Annotated[Path, typer.Option(help="Corner survey, JSON.")],
    out: Annotated[Path, typer.Option(help="Table to write.")],
) -> None:
    """Compute the track table alone."""
    from htt_desktop.pipeline.track_table import write_track_table

    write_track_table(figures, corners, out)


def _tracks() -> Mapping[str, Track]:
    from htt_desktop.sources.bundled import data_dir
    from htt_desktop.sources.tracks import load_tracks

    return load_tracks(data_dir())


def _known(tracks: Mapping[str, Track], track_id: str) -> Track:
    if track_id not in tracks:
        raise UnknownTrackError(
            f"There is no track {track_id!r}; the tracks are {', '.join(tracks)}.",
        )
    return tracks[track_id]


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
