"""Tell by its sheets how a season was published, and read it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from htt_desktop.pipeline.season.race_folders import years_below
from htt_desktop.pipeline.season.reading import read_season_2025
from htt_desktop.pipeline.season.sheets import SeasonSheets
from htt_desktop.pipeline.season.sheets_2024.reading import is_spelled_as_2024, read_season_2024
from htt_desktop.sources.bounded_file import demand_no_device
from htt_desktop.sources.errors import SourceError


def read_sheets(roots: Sequence[Path], year: int | None = None) -> SeasonSheets:
    """Return the sheets of a season.

    Parameters
    ----------
    roots
        Folders that hold ``<track>/race_<n>/`` or ``<track>/<year>/race_<n>/``, with
        ``qualifying_<n>`` beside the races; of equal sheets the one of the folder named
        first is taken.
    year
        Year of the season; ``None`` takes the only one there is.

    Raises
    ------
    SourceError
        Nothing is there, more than one season could be meant, or a sheet cannot be read.
    """
    for root in roots:
        demand_no_device(root)
        if not root.is_dir():
            message = f"{root} is not a folder; give the folder of official timing with --timing."
            raise SourceError(message)
    told = " and ".join(map(str, roots))
    years = sorted(set().union(*map(years_below, roots)))
    undated = [root for root in roots if any(root.glob("*/race_*"))]
    if year is None and len(years) > 1:
        message = (
            f"{told} holds sheets of {' and '.join(map(str, years))}; say which season you want "
            "with --year."
        )
        raise SourceError(message)
    wanted = years[0] if year is None and years else year
    if not undated and years and wanted not in years:
        message = f"{told} holds no sheets of {wanted}; choose another --year or --timing."
        raise SourceError(message)
    if wanted is None or not is_spelled_as_2024(roots, wanted):
        return read_season_2025(roots, wanted)
    if undated:
        message = (
            f"{undated[0]} holds races outside folders of {wanted}, and the sheets of that year "
            f"are read from <track>/{wanted} alone; give only the folder that has them."
        )
        raise SourceError(message)
    return read_season_2024(roots, wanted)
