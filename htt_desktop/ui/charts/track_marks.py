"""Corners, timing loops and segments on the horizontal axis."""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.domain.comparison import Comparison
from htt_desktop.ui.charts.lap_axis import LapAxis
from htt_desktop.ui.wording import formats

_LOOP_LABELS = {"IM1": "S1", "IM2": "S2"}
"""Loops that end a sector are known by the sector."""


def loop_label(name: str) -> str:
    """Return what people call a timing loop.

    Examples
    --------
    >>> loop_label("IM1"), loop_label("IM2a")
    ('S1', 'IM2a')
    """
    return _LOOP_LABELS.get(name, name)


@dataclass(frozen=True)
class CornerMark:
    """A corner; ``sure`` is False where its place is known with low confidence."""

    label: str
    start: float
    apex: float
    end: float
    sure: bool


@dataclass(frozen=True)
class LoopMark:
    """An inner timing loop."""

    label: str
    x: float


@dataclass(frozen=True)
class SegmentMark:
    """A segment and who owns it: positive ``delta_s`` means the compared car lost."""

    label: str
    start: float
    end: float
    delta_s: float
    band_s: float

    @property
    def is_decided(self) -> bool:
        """Whether the difference is larger than its band, as both are written."""
        return formats.is_beyond_band(self.delta_s, self.band_s)


@dataclass(frozen=True)
class TrackMarks:
    """All marks, each in driving order."""

    corners: tuple[CornerMark, ...]
    loops: tuple[LoopMark, ...]
    segments: tuple[SegmentMark, ...]

    @classmethod
    def of(cls, comparison: Comparison, axis: LapAxis) -> TrackMarks:
        """Return the marks of a comparison on an axis."""
        corners = tuple(
            CornerMark(
                f"T{corner.number}",
                axis.to_x(corner.start_m),
                axis.to_x(corner.apex_m),
                axis.to_x(corner.end_m),
                corner.confidence != "low",
            )
            for corner in comparison.track.corners
        )
        loops = tuple(
            LoopMark(loop_label(loop.name), axis.to_x(loop.distance_m))
            for loop in comparison.track.loops
        )
        segments = tuple(
            SegmentMark(
                segment.name,
                axis.to_x(segment.start_m),
                axis.to_x(segment.end_m),
                segment.delta_s,
                segment.band_s,
            )
            for segment in comparison.segments
        )
        return cls(corners, loops, segments)
