"""``htt telemetry download``: a race from the server in one pack."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htt_desktop.ui.wording.formats import counted

if TYPE_CHECKING:
    from htt_desktop.pipeline.download.job import DownloadProgress, DownloadReport


def download(
    track: Annotated[str, typer.Option(help="Track id, such as barber.")],
    race: Annotated[int, typer.Option(min=1, max=9, help="Number of the race.")],
    out: Annotated[Path, typer.Option(help="Pack to write, such as race.parquet.")],
    season: Annotated[int | None, typer.Option(help="Year; default: the newest known.")] = None,
    driver: Annotated[
        list[str] | None, typer.Option(help="Printed number of a car; repeatable.")
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="All cars; cannot be combined with --driver.")
    ] = False,
    profile: Annotated[str, typer.Option(help="Connection profile; the chosen one.")] = "",
) -> None:
    """Bring cars of a race from the server into one pack, which opens without a connection.

    What breaks off goes on where it was when the same command is given again.
    """
    from htt_desktop.cli.cancel_signal import cancelled_by_signal
    from htt_desktop.cli.transfer_bar import transfer_bar
    from htt_desktop.pipeline.download.download import download_pack
    from htt_desktop.sources.cache.files import table_identity
    from htt_desktop.wiring.profiles import wanted_profile
    from htt_desktop.wiring.server_source import server_telemetry
    from htt_desktop.wiring.wanted_race import wanted_race

    if driver and everybody:
        raise typer.BadParameter("Give --driver for single cars or --all for all, not both.")
    # A pack is a whole race, whatever the window asks for.
    wanted = replace(wanted_profile(profile), green_laps_only=False)
    wanted.demand_usable()
    source = server_telemetry(wanted)
    with (
        cancelled_by_signal() as cancel,
        closing(source.session),
        transfer_bar("rows, {task.fields[cars]}") as bar,
    ):
        task = bar.add_task("", total=None, cars="")

        def show(progress: DownloadProgress) -> None:
            bar.update(
                task,
                description=progress.stage,
                completed=progress.rows,
                total=progress.rows_total or None,
                cars=f"{progress.cars_done} of {progress.cars_total} cars",
            )

        report = download_pack(
            source,
            wanted_race(season, track, race),
            driver or (),
            out,
            show,
            cancel,
            table=table_identity(wanted),
        )
    _print(report)


def _print(report: DownloadReport) -> None:
    for sentence in report.refused.values():
        print(f"Left out: {sentence}")
    resumed = f" ({len(report.resumed)} of them had come before)" if report.resumed else ""
    print(
        f"{report.path}: {report.key}, "
        f"{counted(len(report.rows), 'car')}{resumed}, {sum(report.rows.values()):,} rows; open it "
        f"with 'htt compare --pack {report.path}' or 'htt-desktop --pack {report.path}'."
    )
