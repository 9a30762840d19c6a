"""What a comparison of two laps consists of; screens, files and tests read this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.race import Entry, OfficialLap, RaceKey
from htt_desktop.domain.recording import BoolArray, FloatArray
from htt_desktop.domain.tracks import Corner, Track


class Tier(StrEnum):
    """How a lap was laid over lap distance, best first."""

    GPS_AND_LOOPS = "gps+loops"
    LOOPS = "loops"
    LINE = "line"


@dataclass(frozen=True, eq=False)
class Trace:
    """One channel of one lap at its own samples.

    Attributes
    ----------
    distance_m, time_s, value
        Shape ``(samples,)``: lap distance, time since the lap began, value.
        Distances are non-decreasing. A dropout is marked by one sample whose
        value is NaN, so that a line drawn through finite neighbours breaks there.
    """

    distance_m: FloatArray
    time_s: FloatArray
    value: FloatArray


@dataclass(frozen=True)
class Alignment:
    """How well a lap lies on the distance axis.

    Attributes
    ----------
    tier
        Evidence that was used.
    residual_ms
        Median absolute left-out loop error of this lap in ms; ``None`` when the
        lap has too few loops to tell.
    missing_m
        Stretches of lap distance without telemetry, as ``(start_m, end_m)``.
    """

    tier: Tier
    residual_ms: float | None
    missing_m: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class AlignedLap:
    """One lap over lap distance.

    Attributes
    ----------
    knot_m, knot_s
        Shape ``(knots,)``, strictly increasing: the map between lap distance and time
        since the line. First knot is ``(0, 0)``, last ``(length_m, lap_time_s)``; the
        crossings of all used loops are knots.
    traces
        Recorded channels.
    gps_line_m
        Shape ``(samples, 3)``: lap distance, east and north in metres of the
        driven line; empty ``(0, 3)`` without GPS.
    """

    entry: Entry
    lap: OfficialLap
    alignment: Alignment
    knot_m: FloatArray
    knot_s: FloatArray
    traces: Mapping[Channel, Trace]
    gps_line_m: FloatArray


@dataclass(frozen=True, eq=False)
class Delta:
    """Time difference over lap distance; positive means the compared car is slower.

    Attributes
    ----------
    distance_m
        Shape ``(points,)``, strictly increasing, from 0 to the lap length.
    delta_s
        Compared minus reference time since the line.
    band_s
        Half-width of the 95 % band; 0 at loops that timed both laps.
    known
        False where either lap has no telemetry.
    """

    distance_m: FloatArray
    delta_s: FloatArray
    band_s: FloatArray
    known: BoolArray


@dataclass(frozen=True)
class LoopDelta:
    """Official and shown difference at one loop."""

    name: str
    distance_m: float
    official_delta_s: float
    delta_s: float


@dataclass(frozen=True)
class Segment:
    """A stretch of the lap that belongs to a corner or a straight.

    Attributes
    ----------
    kind
        ``"corner"`` or ``"straight"``.
    name
        ``"T7"``, ``"T8–T9"`` or ``"T14–T1"`` for the straight between them.
    delta_s, band_s
        Time lost by the compared car inside, and its 95 % half-width.
    """

    kind: str
    name: str
    start_m: float
    end_m: float
    delta_s: float
    band_s: float


@dataclass(frozen=True)
class CornerMetrics:
    """How one lap took one corner; ``None`` where the data cannot tell.

    Distances are lap distances in metres.
    """

    braking_point_m: float | None
    peak_brake_bar: float | None
    minimum_speed_kmh: float | None
    minimum_speed_m: float | None
    throttle_pickup_m: float | None
    entry_speed_kmh: float | None
    exit_speed_kmh: float | None
    coasting_m: float | None
    time_s: float | None


@dataclass(frozen=True)
class CornerComparison:
    """Both laps in one corner.

    Attributes
    ----------
    start_m, end_m
        The corner's own stretch: entry and exit included.
    delta_s, band_s
        Time lost by the compared car in that stretch, and its 95 % half-width.
    """

    corner: Corner
    start_m: float
    end_m: float
    delta_s: float
    band_s: float
    reference: CornerMetrics
    compared: CornerMetrics


@dataclass(frozen=True, eq=False)
class DrawnLine:
    """The driven line as a picture of the track.

    Attributes
    ----------
    distance_m, east_m, north_m
        Shape ``(points,)``; the last point closes the lap.
    reconstructed
        True when drawn from speed and lateral acceleration, without GPS.
    is_north_up
        False when nothing tells where north is.
    """

    distance_m: FloatArray
    east_m: FloatArray
    north_m: FloatArray
    reconstructed: bool
    is_north_up: bool = True


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two laps of one race, laid over one another."""

    track: Track
    key: RaceKey
    reference: AlignedLap
    compared: AlignedLap
    delta: Delta
    loops: tuple[LoopDelta, ...]
    segments: tuple[Segment, ...]
    corners: tuple[CornerComparison, ...]
    line: DrawnLine | None

    def has_laps_of(self, other: Comparison) -> bool:
        """Return whether both compare the same two laps, the same one as the reference."""
        return self._laps() == other._laps()

    def _laps(self) -> tuple[object, ...]:
        pair = self.reference, self.compared
        laps = tuple((lap.entry.number, lap.lap.lap_number) for lap in pair)
        return self.key, *laps

    @property
    def lap_time_delta_s(self) -> float:
        """Official lap-time difference, compared minus reference, to 1 ms."""
        return round(self.compared.lap.lap_time_s - self.reference.lap.lap_time_s, 3)

    @property
    def costliest_apex_m(self) -> float:
        """Apex of the corner where the compared car loses most; 0 without corners."""
        if not self.corners:
            return 0.0
        return max(self.corners, key=lambda corner: corner.delta_s).corner.apex_m

    @property
    def weaker_tier(self) -> Tier:
        """Tier of the lap that is known less well: what the difference rests on."""
        tiers = {lap.alignment.tier for lap in (self.reference, self.compared)}
        return max(tiers, key=list(Tier).index)
