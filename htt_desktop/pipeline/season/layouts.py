"""Tell by its folders how a season was published, and read it."""

from __future__ import annotations

import re
from pathlib import Path

from htt_desktop.pipeline.season.reading import read_season
from htt_desktop.pipeline.season.reading_2024 import YEAR as YEAR_OF_OLD_SHEETS
from htt_desktop.pipeline.season.reading_2024 import read_season_2024
from htt_desktop.pipeline.season.sheets import SeasonSheets
from htt_desktop.sources.errors import SourceError

_YEAR = re.compile(r"\d{4}")


def read_sheets(root: Path, year: int | None = None) -> SeasonSheets:
    """Return the sheets of a season.

    Parameters
    ----------
    root
        Folder that holds ``<track>/race_<n>/``, or ``<track>/2024/race_<n>/`` for the sheets
        of 2024.
    year
        Year of the season; ``None`` takes the only one there is.

    Raises
    ------
    SourceError
        Nothing is there, more than one season could be meant, or a sheet cannot be read.
    """
    if not root.is_dir():
        message = f"{root} is no folder; give the folder of official timing with --timing."
        raise SourceError(message)
    years = sorted(
        {
            int(folder.parent.name)
            for folder in root.glob("*/*/race_*")
            if _YEAR.fullmatch(folder.parent.name)
        }
    )
    if not years or any(root.glob("*/race_*")):
        return read_season(root, year)
    if year is None and len(years) > 1:
        told = " and ".join(str(one) for one in years)
        message = f"{root} holds sheets of {told}; say which season you want with --year."
        raise SourceError(message)
    wanted = years[0] if year is None else year
    if wanted not in years:
        message = f"{root} holds no sheets of {wanted}; choose another --year or --timing."
        raise SourceError(message)
    if wanted != YEAR_OF_OLD_SHEETS:
        message = (
            f"{root} keeps its sheets of {wanted} below <track>/{wanted}; copy them to "
            "<track>/race_1 and <track>/race_2, which is where this season is read from."
        )
        raise SourceError(message)
    return read_season_2024(root)
