"""Which laps count for a comparison, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from htt_desktop.domain.race import OfficialLap


class Exclusion(StrEnum):
    """Why a lap is left out; the value is the sentence part people read."""

    FLAG = "full-course yellow"
    UNKNOWN_FLAG = "flag not printed"
    CHEQUERED = "chequered flag lap"
    FIRST_LAP = "first lap"
    AFTER_YELLOW = "lap after a yellow"
    PIT = "in the pits"
    AFTER_PIT = "lap out of the pits"
    SLOW = "over 107 % of own best"
    NO_TELEMETRY = "no telemetry"
    INCOMPLETE = "telemetry incomplete"
    DROPOUT = "dropout over 2.5 s"
    DEAD_CLOCK = "dead clock"


@dataclass(frozen=True)
class TelemetryCover:
    """How much of a lap the logger recorded.

    Attributes
    ----------
    covered_s
        Time of the lap with samples no further apart than a dropout.
    longest_dropout_s
        Longest stretch without samples strictly inside the recorded part.
    missing_start_s, missing_end_s
        Time without samples at either end.
    """

    covered_s: float
    longest_dropout_s: float
    missing_start_s: float
    missing_end_s: float


@dataclass(frozen=True)
class LapStatus:
    """One lap of the inventory.

    Attributes
    ----------
    exclusions
        Empty for a clean lap.
    cover
        ``None`` when no logger rows lie inside the lap.
    """

    lap: OfficialLap
    exclusions: tuple[Exclusion, ...]
    cover: TelemetryCover | None

    @property
    def is_clean(self) -> bool:
        """True when the lap counts for comparison."""
        return not self.exclusions

    @property
    def can_be_forced(self) -> bool:
        """True when the lap has rows, so that the engineer may choose it anyway."""
        return self.cover is not None and Exclusion.DEAD_CLOCK not in self.exclusions
