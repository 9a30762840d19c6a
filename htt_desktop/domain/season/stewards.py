"""Who was put back by the stewards without a time penalty, as the order itself shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Driven:
    """What the published order says of a car.

    Attributes
    ----------
    place
        Official position.
    laps
        Laps completed.
    time_s
        Published total time, penalties included; ``None`` without one.
    """

    place: int
    laps: int
    time_s: float | None


def put_back(cars: Mapping[str, Driven]) -> Mapping[str, int]:
    """Return the place by laps and time of every car that is classified behind it.

    A time penalty is in the published time, so nobody is behind that place because of one.
    What remains are decisions of the stewards, such as an exclusion.

    Parameters
    ----------
    cars
        The classified cars of a race.

    Examples
    --------
    >>> cars = {"1": Driven(1, 17, 2821.1), "2": Driven(3, 17, 2821.5), "3": Driven(2, 2, 308.5)}
    >>> dict(put_back(cars))
    {'2': 2}
    """
    timed = {name: (-car.laps, car.time_s) for name, car in cars.items() if car.time_s is not None}
    by_time = {
        name: 1 + sum(other < own for other in timed.values()) for name, own in timed.items()
    }
    return {name: place for name, place in by_time.items() if place < cars[name].place}
