"""Which year a season's sheets are of: said by the user, told by the weather sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from htt_desktop.pipeline.timing.kinds import WEATHER
from htt_desktop.pipeline.timing.places import RaceSheets
from htt_desktop.pipeline.timing.sheets import read_sheet
from htt_desktop.pipeline.timing.weather import session_utc_s
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
    told_by: dict[int, str] = {}
    for path in (race.weather for race in races if race.weather is not None):
        session = session_utc_s(read_sheet(path, WEATHER))
        if session is not None:
            told_by.setdefault(datetime.fromtimestamp(session[0], UTC).year, str(path))
    years = sorted(told_by)
    if year is None and len(years) == 1:
        return years[0]
    if year is not None and years in ([], [year]):
        return year
    if not years:
        problem = "has no weather sheet with a date, so its year is unknown; say it with --year"
    else:
        told = ", ".join(f"{one} ({told_by[one]})" for one in years)
        problem = f"has weather sheets of {told}; give the folder of one season"
        problem += "" if year is None else f", or another --year than {year}"
    message = f"{' and '.join(map(str, roots))} {problem}."
    raise SourceError(message)
