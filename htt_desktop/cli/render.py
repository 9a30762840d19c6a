"""``htt render``: the window with two laps, as a picture."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from htt_desktop.cli.drawing import Drawing, draw, prepare
from htt_desktop.domain.race import RaceKey
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.jobs import CompareJob, LapChoice, Loaded

_SIZE = re.compile(r"(\d{3,5})x(\d{3,5})")


class ThemeName(StrEnum):
    """Themes a picture can have."""

    DARK = "dark"
    LIGHT = "light"


class Scale(StrEnum):
    """Device pixels per logical pixel."""

    ONE = "1"
    ONE_AND_A_HALF = "1.5"
    TWO = "2"


def render(
    *,
    track: Annotated[str, typer.Option(help="Track id.")] = "indianapolis",
    race: Annotated[int, typer.Option(help="1 or 2.")] = 1,
    reference: Annotated[str, typer.Option(help="Driver number of the reference.")] = "7",
    compared: Annotated[str, typer.Option(help="Driver number to compare.")] = "47",
    reference_lap: Annotated[int | None, typer.Option(help="Default: fastest clean.")] = None,
    compared_lap: Annotated[int | None, typer.Option(help="Default: fastest clean.")] = None,
    pack: Annotated[list[Path] | None, typer.Option(help="Pack file to read.")] = None,
    out: Annotated[Path, typer.Option(help="Picture to write.")] = Path("overlay.png"),
    theme: Annotated[ThemeName, typer.Option(help="Colours.")] = ThemeName.DARK,
    size: Annotated[str, typer.Option(help="Width x height in logical pixels.")] = "1920x1080",
    scale: Annotated[Scale, typer.Option(help="Pixels per logical pixel.")] = Scale.ONE,
    screenshots: Annotated[
        Path | None, typer.Option(help="Write the pictures of the README into this folder.")
    ] = None,
) -> None:
    """Draw the window with two laps into a picture."""
    drawing = replace(_sized(size), scale=float(scale), theme=str(theme))
    key = RaceKey(track, race)
    job = CompareJob(0, key, LapChoice(reference, reference_lap), LapChoice(compared, compared_lap))
    prepare(drawing.scale)
    comparer, loaded = compare_now(job, pack or [])
    targets = {out: drawing}
    if screenshots is not None:
        screenshots.mkdir(parents=True, exist_ok=True)
        targets = {
            screenshots / f"improve_{name}.png": replace(drawing, theme=str(name))
            for name in ThemeName
        }
    for path, how in targets.items():
        code = draw(comparer, loaded, how, path)
        if code:
            raise typer.Exit(code)
        print(path)


def compare_now(job: CompareJob, packs: list[Path]) -> tuple[Comparer, Loaded]:
    """Return a comparer and what it found, so that errors are known before Qt is loaded.

    Raises
    ------
    DomainError
        There is no honest comparison of these laps.
    SourceError
        Their rows cannot be had.
    """
    from htt_desktop.cli.wiring import pack_comparer
    from htt_desktop.sources.telemetry_source import no_progress

    comparer = pack_comparer(packs)
    return comparer, comparer.compare(job, no_progress, threading.Event())


def _sized(size: str) -> Drawing:
    match = _SIZE.fullmatch(size)
    if match is None:
        raise typer.BadParameter(f"{size!r} is not a size; write it like 1920x1080.")
    return Drawing(int(match[1]), int(match[2]))
