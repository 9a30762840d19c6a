"""``htt doctor``: everything that a support call asks for, and what to do where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from htt_desktop.cli.doctor.findings import Finding, State, examined
from htt_desktop.wiring.exit_codes import SOURCE

_WIDTH = 22


def doctor(
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the findings to this file.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not try to reach any server.")
    ] = False,
) -> None:
    """Look at everything the program needs; exit code 30 when something is broken."""
    findings = []
    for finding in _findings(offline=offline):
        findings.append(finding)
        _show(finding)
    worst = max((finding.state for finding in findings), key=list(State).index)
    counts = {state: sum(one.state is state for one in findings) for state in State}
    print(", ".join(f"{count} {state}" for state, count in counts.items()))
    if json_file is not None:
        _write(json_file, findings, worst)
    if worst is State.BROKEN:
        raise typer.Exit(SOURCE)


def _findings(*, offline: bool) -> Iterator[Finding]:
    from htt_desktop.cli.doctor import computer, server

    yield from examined("program", computer.program)
    yield from examined("libraries", computer.libraries)
    yield from examined("screen", computer.screen)
    yield from examined("folders", computer.folders)
    yield from examined("cache", computer.cache)
    yield from examined("packs", computer.packs)
    yield from examined("seasons", computer.seasons)
    yield from examined("keyring", server.keyring)
    yield from examined("profiles", lambda: server.profiles(offline=offline))


def _show(finding: Finding) -> None:
    print(f"{finding.state:7}{finding.name:{_WIDTH}} {finding.text}", flush=True)
    if finding.next_step:
        print(f"{'':7}{'':{_WIDTH}} -> {finding.next_step}", flush=True)


def _write(path: Path, findings: list[Finding], worst: State) -> None:
    from htt_desktop.cli.json_file import write_json

    lines = [
        {
            "state": finding.state.value,
            "name": finding.name,
            "text": finding.text,
            "next_step": finding.next_step,
        }
        for finding in findings
    ]
    write_json(path, {"state": worst.value, "findings": lines})
