"""Is there a speed, and is it in km/h? Asked at import, because nothing can be compared without."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from htt_desktop.domain.channels import SPEC_OF, Channel
from htt_desktop.domain.clock.line_crossings import line_crossings
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.errors import ImplausibleSpeedError, MissingChannelError
from htt_desktop.domain.race import RaceTiming
from htt_desktop.domain.tracks import Track

SHARES_OF_TRACK = (0.9, 1.1)
"""Integrated speed over a labelled lap against the length of the track: 0.989 to 1.009 for every
car of the published files, thinned and holey ones included; drivers at Sebring save 3 %."""

SHORTEST_LAP_SHARE = 0.6
"""A label kept for less than this share of a usual lap was cut, not driven around."""

UNITS = {"mph": 0.6214, "m/s": 0.2778, "knots": 0.5400}
"""Reading of 1 km/h in other units."""

UNIT_TOLERANCE = 0.03


def demand_speed(rows: LoggerRows, out_of_range: Mapping[str, int]) -> None:
    """Refuse a car whose speed was not recorded or is nonsense throughout.

    Parameters
    ----------
    rows
        The car's rows.
    out_of_range
        Values dropped as sensor faults, by column.

    Raises
    ------
    MissingChannelError
        No value of speed is left.
    """
    if rows.samples(Channel.SPEED)[0].size:
        return
    if not rows.clock_s.size:
        raise MissingChannelError(
            f"No sample of {rows.vehicle_id} holds a value; fetch the file again.",
        )
    spec = SPEC_OF[Channel.SPEED]
    dropped = out_of_range.get(spec.column, 0)
    if dropped:
        raise MissingChannelError(
            f"Every one of the {dropped:,} values of {spec.raw_name} of {rows.vehicle_id} lies "
            f"outside {spec.minimum:g} to {spec.maximum:g} {spec.unit}; export the file again "
            f"with speed in {spec.unit}.",
        )
    raise MissingChannelError(
        f"No {spec.raw_name} was recorded for {rows.vehicle_id}, without which no lap can be laid "
        "over the track; export the file again with all its channels.",
    )


def demand_kmh(rows: LoggerRows, timing: RaceTiming, track: Track) -> None:
    """Refuse a car that by its speed drove laps of another length than the track's.

    Raises
    ------
    ImplausibleSpeedError
        Laps by the labels are more than a tenth too short or too long. Without a whole
        labelled lap nothing is checked.
    """
    share = track_share(rows, timing, track)
    low, high = SHARES_OF_TRACK
    if not (share < low or share > high):
        return
    guess = f"as if speed were in {unit}" if (unit := _unit(share)) else "so speed is not in km/h"
    raise ImplausibleSpeedError(
        f"By its speed a lap of {rows.vehicle_id} is {share * track.length_m:,.0f} m long instead "
        f"of {track.length_m:,.0f} m, {guess}; export the file again with speed in km/h.",
    )


def unit_hint(rows: LoggerRows, timing: RaceTiming, track: Track) -> str:
    """Return a sentence for a car that fits nobody, if its speed looks like another unit."""
    share = track_share(rows, timing, track)
    if not (unit := _unit(share)):
        return ""
    return (
        f"By its speed a lap is {share * track.length_m:,.0f} m long instead of "
        f"{track.length_m:,.0f} m, as if speed were in {unit}."
    )


def _unit(share: float) -> str:
    """Return the unit in which readings of km/h would make this share of the track, if any."""
    fits = (name for name, factor in UNITS.items() if abs(share / factor - 1) < UNIT_TOLERANCE)
    return next(fits, "")


def track_share(rows: LoggerRows, timing: RaceTiming, track: Track) -> float:
    """Return the way of a labelled lap by its speed over the track's length; NaN when unknown."""
    way = travel(rows)
    crossings = line_crossings(rows, way, 0.0)
    usual_s = float(np.median([lap.lap_time_s for laps in timing.laps.values() for lap in laps]))
    whole = (np.diff(crossings.logger_lap) == 1) & (
        np.diff(crossings.trigger_s) > SHORTEST_LAP_SHARE * usual_s
    )
    metres = np.diff(way.at(crossings.trigger_s))[whole] if whole.any() else np.empty(0)
    metres = metres[np.isfinite(metres)]
    return float(np.median(metres)) / track.length_m if metres.size else float("nan")
