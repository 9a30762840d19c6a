"""Laps as Fast-F1 knows them, filled with our speed, so that its own delta can be asked.

Fast-F1's ``utils.delta_time`` takes two of its ``Lap`` objects, cuts the car data between
official start and end of each lap, integrates speed and stretches the compared lap to the
length of the reference lap. The laps built here run that very code. They get the best speed
we have: stamped with the fitted clock, its lateness taken out and holes filled from GPS, so
that what remains is Fast-F1's way of laying one lap over another, not the logger's faults.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from htt_desktop.domain.clock.travel import Travel
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastf1.core import Lap, Laps, Telemetry
    from fastf1.utils import delta_time

RACE_DAY = pd.Timestamp("2025-10-19").as_unit("ns")
"""Fast-F1 wants a date; nothing depends on which."""


@dataclass
class _Session:
    """As much of a Fast-F1 session as its laps ask for."""

    t0_date: pd.Timestamp
    car_data: dict[str, Any]


class FastF1Race:
    """Cars of a race in Fast-F1's objects.

    Parameters
    ----------
    travels
        Integrated speed per car in official race time.
    """

    def __init__(self, travels: dict[str, Travel]) -> None:
        self._session = _Session(RACE_DAY, {})
        for number, moved in travels.items():
            self._session.car_data[number] = self._telemetry(number, moved)

    def lap(self, number: str, official: OfficialLap) -> Any:  # noqa: ANN401 - Fast-F1 is untyped
        """Return an official lap; its telemetry is cut when the delta is asked for."""
        laps = Laps(
            {
                "DriverNumber": [number],
                "LapStartTime": [_nanoseconds(official.start_s)],
                "Time": [_nanoseconds(official.elapsed_s)],
            },
            session=self._session,
        )
        lap = laps.iloc[0]
        assert isinstance(lap, Lap)
        return lap

    def _telemetry(self, number: str, moved: Travel) -> Any:  # noqa: ANN401
        time = pd.to_timedelta(moved.clock_s, unit="s")
        # Telemetry keeps the speed at each sample; the slope of the integrated speed is it.
        speed_kmh = 3.6 * np.gradient(moved.metres, moved.clock_s)
        columns = {
            "Date": RACE_DAY + time,
            "SessionTime": time,
            "Time": time,
            "Speed": speed_kmh,
            "Source": "car",
        }
        return Telemetry(pd.DataFrame(columns), session=self._session, driver=number)


def _nanoseconds(seconds: float) -> pd.Timedelta:
    """Return a duration in the unit of its telemetry; pandas 3 will not mix units."""
    return pd.Timedelta(round(1e9 * seconds), unit="ns")


def fast_f1_delta(reference: Any, compared: Any) -> tuple[FloatArray, FloatArray, FloatArray]:  # noqa: ANN401
    """Return Fast-F1's delta.

    Returns
    -------
    tuple of arrays
        Distance of the reference lap by its integrated speed, time of the reference lap
        there, and compared minus reference in seconds, each ``(samples,)``.
    """
    with warnings.catch_warnings():
        # It says of itself that it is deprecated and inaccurate; that is what is measured.
        warnings.simplefilter("ignore")
        delta_s, telemetry, _ = delta_time(reference, compared)
    return (
        telemetry["Distance"].to_numpy(dtype=np.float64),
        telemetry["Time"].dt.total_seconds().to_numpy(dtype=np.float64),
        delta_s.to_numpy(dtype=np.float64),
    )
