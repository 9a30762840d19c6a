"""Compares what is on this computer with the server's, and fetches what differs."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.far import FarPlace
from htt_desktop.sources.cache.near import NearPlaces
from htt_desktop.sources.cache.row_ages import CheckedCar
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.telemetry_source import Progress, TelemetryRequest, no_progress


def refreshed(
    far: FarPlace,
    near: NearPlaces,
    key: RaceKey,
    numbers: Sequence[str],
    progress: Progress,
    cancel: threading.Event,
) -> tuple[CheckedCar, ...]:
    """Compare row counts with the server's and fetch only what differs.

    A race that is here and that the server has not, or has no more, stays as it is.

    Raises
    ------
    SourceError
        The server does not answer, or has nothing of a race that is not here either; nothing is
        lost.
    CancelledError
        ``cancel`` was set.
    DomainError
        The server's rows of a car must not be used.
    """
    here = {number: near.counted(key, number) for number in numbers}
    try:
        there: Mapping[str, int] = far.row_counts(key, cancel)
    except SnowflakeError as error:
        if error.kind is not FaultKind.EMPTY or not near.numbers(key).issuperset(numbers):
            raise
        return tuple(CheckedCar(number, here[number], None, fetched=False) for number in numbers)
    far.inventory(key, cancel)
    changed = [number for number in numbers if there.get(number, here[number]) != here[number]]
    rows = 0
    for number in changed:
        race = far.rows(TelemetryRequest(key, (number,)), no_progress, cancel, there)
        rows += race.origin.rows
        progress(rows)
    for number in there.keys() & set(numbers) - set(changed):
        near.cache.checked(key, number, there[number])
    return tuple(
        CheckedCar(number, here[number], there.get(number), number in changed) for number in numbers
    )
