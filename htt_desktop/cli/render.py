"""``htt render``: the window with two laps or a season, as a picture."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from htt_desktop.ui.tab_title import TabTitle
from htt_desktop.wiring.picture import Drawing, draw, draw_season, prepare
from htt_desktop.wiring.telemetry import compare_now
from htt_desktop.wiring.wanted_race import wanted_race
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice

SEASON_PAIR = ("Westin Workman", "Jaxon Bell")
"""Whom the pictures of the season tabs show."""

_SIZE = re.compile(r"(\d{3,5})x(\d{3,5})")


class ThemeName(StrEnum):
    """Themes a picture can have."""

    DARK = "dark"
    LIGHT = "light"


class TabName(StrEnum):
    """Tabs that can be drawn."""

    DASHBOARD = "dashboard"
    DRIVER = "driver"
    IMPROVE = "improve"


class PixelScale(StrEnum):
    """Device pixels per logical pixel."""

    ONE = "1"
    ONE_AND_A_HALF = "1.5"
    TWO = "2"


def render(
    *,
    tab: Annotated[TabName, typer.Option(help="Tab to draw.")] = TabName.IMPROVE,
    driver: Annotated[str | None, typer.Option(help="Season tabs: name of a driver.")] = None,
    rival: Annotated[str | None, typer.Option(help="Season tabs: name of the rival.")] = None,
    track: Annotated[str, typer.Option(help="Track id.")] = "indianapolis",
    race: Annotated[int, typer.Option(help="1 or 2.")] = 1,
    season: Annotated[int | None, typer.Option(help="Year; default: the newest known.")] = None,
    reference: Annotated[str, typer.Option(help="Driver number of the reference.")] = "7",
    compared: Annotated[str, typer.Option(help="Driver number to compare.")] = "47",
    reference_lap: Annotated[int | None, typer.Option(help="Default: fastest clean.")] = None,
    compared_lap: Annotated[int | None, typer.Option(help="Default: fastest clean.")] = None,
    pack: Annotated[list[Path] | None, typer.Option(help="Pack file to read.")] = None,
    out: Annotated[Path, typer.Option(help="Picture to write.")] = Path("overlay.png"),
    theme: Annotated[ThemeName, typer.Option(help="Colours.")] = ThemeName.DARK,
    size: Annotated[str, typer.Option(help="Width x height in logical pixels.")] = "1920x1080",
    scale: Annotated[PixelScale, typer.Option(help="Pixels per logical pixel.")] = PixelScale.ONE,
    screenshots: Annotated[
        Path | None, typer.Option(help="Write the pictures of the README into this folder.")
    ] = None,
) -> None:
    """Draw the window with two laps or a season into a picture."""
    drawing = replace(_sized(size), scale=float(scale), theme=str(theme))
    if tab is not TabName.IMPROVE and screenshots is None:
        prepare(drawing.scale)
        _tell(draw_season(TabTitle[tab.name], (driver, rival), drawing, out, season), out)
        return
    key = wanted_race(season, track, race, pack or [])
    request = CompareRequest(
        key, LapChoice(reference, reference_lap), LapChoice(compared, compared_lap)
    )
    prepare(drawing.scale)
    comparer, loaded = compare_now(request, pack or [])
    targets = {out: drawing}
    if screenshots is not None:
        screenshots.mkdir(parents=True, exist_ok=True)
        targets = {
            screenshots / f"improve_{name}.png": replace(drawing, theme=str(name))
            for name in ThemeName
        }
    for path, how in targets.items():
        _tell(draw(comparer, loaded, how, path), path)
    if screenshots is not None:
        _draw_season_tabs(screenshots, drawing)


def _draw_season_tabs(folder: Path, drawing: Drawing) -> None:
    """Draw both season tabs in both themes, and small and large in the dark one."""
    first, second = SEASON_PAIR
    for tab, rival in ((TabTitle.DASHBOARD, second), (TabTitle.DRIVER, second)):
        for name in ThemeName:
            path = folder / f"{tab.lower()}_{name}.png"
            _tell(draw_season(tab, (first, rival), replace(drawing, theme=str(name)), path), path)
        small = replace(drawing, width=1280, height=720)
        path = folder / f"{tab.lower()}_1280x720.png"
        _tell(draw_season(tab, (first, rival), small, path), path)


def _tell(code: int, path: Path) -> None:
    if code:
        raise typer.Exit(code)
    print(path)


def _sized(size: str) -> Drawing:
    match = _SIZE.fullmatch(size)
    if match is None:
        raise typer.BadParameter(f"{size!r} is not a size; write it like 1920x1080.")
    return Drawing(int(match[1]), int(match[2]))
