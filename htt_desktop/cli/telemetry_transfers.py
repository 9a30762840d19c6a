"""``htt telemetry download`` and ``upload``: races between the Snowflake table and packs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from htt_desktop.cli.cancel_signal import cancelled_by_signal
from htt_desktop.domain.counted import counted
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.wiring.profiles import key_loader, wanted_profile, with_writing_role

if TYPE_CHECKING:
    from rich.progress import Progress

    from htt_desktop.pipeline.download.job import DownloadProgress, DownloadReport
    from htt_desktop.sources.snowflake.session import SnowflakeSession
    from htt_desktop.sources.snowflake.upload.upload import UploadProgress, UploadReport


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
    from htt_desktop.pipeline.download.download import download_pack
    from htt_desktop.sources.cache.files import table_identity
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
        _bar("rows, {task.fields[cars]}") as bar,
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
    _print_download(report)


def _print_download(report: DownloadReport) -> None:
    for sentence in report.refused.values():
        print(f"Left out: {sentence}")
    resumed = f" ({len(report.resumed)} of them had come before)" if report.resumed else ""
    print(
        f"{report.path}: {report.key}, "
        f"{counted(len(report.rows), 'car')}{resumed}, {sum(report.rows.values()):,} rows; open it "
        f"with 'htt compare --pack {report.path}' or 'htt-desktop --pack {report.path}'."
    )


def upload(
    packs: Annotated[list[Path], typer.Argument(help="Packs to upload, such as race.parquet.")],
    profile: Annotated[str, typer.Option(help="Connection profile; the chosen one.")] = "",
    role: Annotated[
        str,
        typer.Option(
            help="Role that may write; default: the profile's, or HTT_LOADER if that one "
            "only reads."
        ),
    ] = "",
    without: Annotated[
        list[str] | None, typer.Option(help="Printed number of a car to leave out; repeatable.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write a report to this file.")
    ] = None,
) -> None:
    """Put races on the server, each in place of what was there of it."""
    from htt_desktop.sources.snowflake.upload.upload import upload_pack

    wanted = with_writing_role(wanted_profile(profile), role)
    wanted.demand_usable()
    reports: list[UploadReport] = []
    try:
        with (
            cancelled_by_signal() as cancel,
            closing(_session(wanted)) as session,
            _bar("rows {task.fields[stage]}") as bar,
        ):
            for pack in packs:
                task = bar.add_task(pack.name, total=None, stage="")

                def show(progress: UploadProgress, task: Any = task) -> None:  # noqa: ANN401
                    bar.update(
                        task,
                        completed=progress.rows,
                        total=progress.rows_total,
                        stage=progress.stage,
                    )

                reports.append(upload_pack(session, pack, show, cancel, without or ()))
    finally:
        # What was done is told also when a later pack failed, and not through the bar, which
        # would send it to where errors go.
        for report in reports:
            print(_upload_line(report))
        if json_file is not None:
            _write_uploads(json_file, reports)


def _session(profile: ConnectionProfile) -> SnowflakeSession:
    from htt_desktop.sources.query_history import QueryHistory
    from htt_desktop.sources.snowflake.session import SnowflakeSession
    from htt_desktop.sources.snowflake.upload.upload import UPLOAD_LIMITS

    return SnowflakeSession(profile, key_loader(profile), QueryHistory(), UPLOAD_LIMITS)


def _upload_line(report: UploadReport) -> str:
    before = (
        "" if not report.replaced else f" in place of {report.replaced:,} that were there before"
    )
    speed = report.rows_total / max(report.seconds, 0.001)
    return (
        f"{report.pack}: {report.key} is in {report.table}, "
        f"{counted(len(report.rows), 'car')}, {report.rows_total:,} rows{before}, counted again "
        f"on the server; {report.seconds:.1f} s, {speed:,.0f} rows/s."
    )


def _write_uploads(path: Path, reports: Sequence[UploadReport]) -> None:
    from htt_desktop.cli.json_file import write_json

    uploads = [
        {
            "pack": str(report.pack),
            "year": report.key.year,
            "track_id": report.key.track_id,
            "race": report.key.race,
            "table": report.table,
            "rows": dict(report.rows),
            "rows_total": report.rows_total,
            "replaced": report.replaced,
            "left_out": list(report.left_out),
            "seconds": round(report.seconds, 3),
        }
        for report in reports
    ]
    write_json(path, {"uploads": uploads})


@contextmanager
def _bar(behind_rows: str) -> Iterator[Progress]:
    """Yield a bar that counts rows; it shows nothing where nobody looks.

    Parameters
    ----------
    behind_rows
        What follows the count, with fields of the task as rich spells them.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(behind_rows),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as bar:
        yield bar
