"""Are the sheets of a race whole? Cars that one has and the other has not tell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from htt_desktop.domain.race import RaceTiming
from htt_desktop.pipeline.season.sheets import ResultLine
from htt_desktop.sources.errors import SourceError

_ALLOWED_WITHOUT_LINE = 1
"""A car alone may be left out of a result; two are half a sheet."""


def demand_whole(
    results: Sequence[ResultLine], results_path: Path, timing: RaceTiming, laps_path: Path
) -> list[str]:
    """Refuse a lap sheet or a result sheet that ends too early; note a car without a result.

    Parameters
    ----------
    results
        Under the numbers of the timing.
    timing
        Its cars stand in the order of the lap sheet.

    Raises
    ------
    SourceError
        Laps of a car that drove some, the last laps of the last car, or several result lines
        are missing.
    """
    *_, last = ("", *timing.laps)
    for line in results:
        driven = len(timing.laps.get(line.number, ()))
        if driven < line.laps and (not driven or line.number == last):
            end = f", and ends with #{last} lap {timing.laps[last][-1].lap_number}" if last else ""
            message = (
                f"{laps_path} has {driven} of the {line.laps} laps of #{line.number} "
                f"{line.driver_name} in {results_path.name}{end}, so it is cut off or of another "
                "race; take the sheet as published."
            )
            raise SourceError(message)
    listed = {line.number for line in results}
    without = [
        f"#{number} {timing.entries[number].driver_name}".strip()
        for number in timing.laps
        if number not in listed
    ]
    if len(without) > _ALLOWED_WITHOUT_LINE:
        message = (
            f"{results_path} ends after {len(results)} cars without {', '.join(without)}, who "
            f"have laps in {laps_path.name}, so it is cut off or of another race; take the sheet "
            "as published."
        )
        raise SourceError(message)
    return [
        f"{car} has laps in {laps_path.name} but no line in {results_path.name}; left out of the "
        "season"
        for car in without
    ]
