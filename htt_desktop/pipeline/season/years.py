"""Which year a season's sheets are of: said by the user, told by the weather sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from htt_desktop.pipeline.season.race_sheets import read_weather
from htt_desktop.pipeline.timing.places import RaceSheets
from htt_desktop.pipeline.timing.sheets import read_sheet
from htt_desktop.sources.errors import SourceError


def season_year(roots: Sequence[Path], races: Iterable[RaceSheets], year: int | None) -> int:
    """Return the year of a season.

    Parameters
    ----------
    roots
        Folders of the season, for the sentence of an error.
    races
        Sheets of its races.
    year
        As the user said; ``None`` takes it from the dates of the weather sheets.

    Raises
    ------
    SourceError
        Nobody says the year, or the sheets are of another or of several.
    """
    weather = [read_weather(read_sheet(race.weather)) for race in races if race.weather is not None]
    years = sorted({int(date[:4]) for _, date in weather if date is not None})
    if year is None and len(years) == 1:
        return years[0]
    if year is not None and years in ([], [year]):
        return year
    if not years:
        problem = "has no weather sheet with a date, so its year is unknown; say it with --year"
    else:
        told = ", ".join(str(one) for one in years)
        problem = f"has weather sheets of {told}; give the folder of one season"
        problem += "" if year is None else f", or another --year than {year}"
    message = f"{' and '.join(map(str, roots))} {problem}."
    raise SourceError(message)
