"""Canonical track geometry: lengths, timing loops and corners from the finish line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TimingLoop:
    """An inner timing loop and its lap distance.

    Attributes
    ----------
    name
        One of :data:`htt_desktop.domain.race.INNER_LOOPS`.
    distance_m
        Lap distance from the finish line.
    spread_m
        Robust standard deviation of the laps behind the estimate.
    laps
        Number of laps behind the estimate.
    """

    name: str
    distance_m: float
    spread_m: float
    laps: int


@dataclass(frozen=True)
class Corner:
    """A corner of the canonical table.

    Distances run from the finish line and lie in ``[0, length_m)``.

    Attributes
    ----------
    number
        As drawn on the map, text because of ``"3A"``; ``"9-10"`` for a tight bend between
        those two that the map does not number.
    name
        Traditional name or empty.
    direction
        ``"L"`` or ``"R"``.
    start_m, apex_m, end_m
        Where the arc begins, its curvature centroid, where it ends.
    confidence
        How sure number and distances are: ``"high"``, ``"medium"`` or ``"low"``.
    apex_spread_m
        Robust standard deviation of the laps' centroids, ``None`` where unknown.
    apex_laps
        Laps behind the apex, ``None`` where the survey does not say.
    doubt
        What is uncertain, empty where nothing is known to be.
    is_numbered
        False for a bend that the map does not number.
    """

    number: str
    name: str
    direction: str
    start_m: float
    apex_m: float
    end_m: float
    confidence: str
    apex_spread_m: float | None = None
    apex_laps: int | None = None
    doubt: str = ""
    is_numbered: bool = True


@dataclass(frozen=True)
class PitLane:
    """The pit lane as printed on the track map.

    Attributes
    ----------
    entry_m, exit_m
        Lap distance from the finish line at which it leaves and joins the track;
        the entry is ``None`` where the printed figures contradict each other.
    lane_m
        Way through the lane.
    drive_s
        Time through the lane at its speed limit.
    """

    entry_m: float | None
    exit_m: float
    lane_m: float
    drive_s: float


@dataclass(frozen=True)
class Track:
    """One circuit.

    Attributes
    ----------
    length_m
        Official centre-line length.
    sector_ends_m
        Printed ends of sectors 1 and 2; the loops may lie elsewhere.
    trigger_after_line_m
        How far behind the finish line the logger's lap trigger fires.
    loops, corners
        In driving order.
    line_latitude_deg, line_longitude_deg
        Printed position of the start/finish line.
    pit_lane
        ``None`` where no map prints it.
    line_bearing_deg
        Direction of driving at the finish line, clockwise from north, as the chord from
        100 m before the line to 100 m behind it; ``None`` in tables that do not say.
    numbering
        Whose corner numbers these are; empty in tables that do not say.
    """

    track_id: str
    name: str
    length_m: float
    sector_ends_m: tuple[float, float]
    trigger_after_line_m: float
    loops: tuple[TimingLoop, ...]
    corners: tuple[Corner, ...]
    line_latitude_deg: float
    line_longitude_deg: float
    pit_lane: PitLane | None = None
    line_bearing_deg: float | None = None
    numbering: str = ""

    @property
    def numbered_corners(self) -> tuple[Corner, ...]:
        """The corners that have a number of their own."""
        return tuple(corner for corner in self.corners if corner.is_numbered)
