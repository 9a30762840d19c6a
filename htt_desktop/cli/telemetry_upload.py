"""``htt telemetry upload``: packs go to the Snowflake table."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from htt_desktop.cli.cancel_signal import cancelled_by_signal
from htt_desktop.cli.transfer_bar import transfer_bar
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.ui.wording.formats import counted
from htt_desktop.wiring.profiles import key_loader, wanted_profile, with_writing_role

if TYPE_CHECKING:
    from htt_desktop.sources.snowflake.session import SnowflakeSession
    from htt_desktop.sources.snowflake.upload.upload import UploadProgress, UploadReport


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
            transfer_bar("rows {task.fields[stage]}") as bar,
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
            print(_line(report))
        if json_file is not None:
            _write(json_file, reports)


def _session(profile: ConnectionProfile) -> SnowflakeSession:
    from htt_desktop.sources.query_history import QueryHistory
    from htt_desktop.sources.snowflake.session import SnowflakeSession
    from htt_desktop.sources.snowflake.upload.upload import UPLOAD_LIMITS

    return SnowflakeSession(profile, key_loader(profile), QueryHistory(), UPLOAD_LIMITS)


def _line(report: UploadReport) -> str:
    before = (
        "" if not report.replaced else f" in place of {report.replaced:,} that were there before"
    )
    speed = report.rows_total / max(report.seconds, 0.001)
    return (
        f"{report.pack}: {report.key} is in {report.table}, "
        f"{counted(len(report.rows), 'car')}, {report.rows_total:,} rows{before}, counted again "
        f"on the server; {report.seconds:.1f} s, {speed:,.0f} rows/s."
    )


def _write(path: Path, reports: Sequence[UploadReport]) -> None:
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
