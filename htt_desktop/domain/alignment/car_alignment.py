"""One car's laps laid over lap distance, each on its own when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from htt_desktop.domain.alignment.aligned_lap import aligned_lap, around_lap, tier_of
from htt_desktop.domain.alignment.field_alignment import (
    FEWEST_LINE_LAPS,
    clock_prior,
    gps_nodes,
    own_line,
)
from htt_desktop.domain.alignment.gps_track import DrivenLine, GpsFixes, gps_fixes
from htt_desktop.domain.alignment.lap_distance_solver import ClockPrior, SolvedLap, solve_lap
from htt_desktop.domain.alignment.lap_signals import LapSignals, lap_signals
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.clock.travel import Travel, travel
from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.errors import AlignmentError, MissingChannelError, NoTelemetryError
from htt_desktop.domain.race import Entry, OfficialLap
from htt_desktop.domain.recording import Recording
from htt_desktop.domain.tracks import Track

ABSURD_RESIDUAL_MS = 300.0
"""A lap whose own loops miss by more is another lap, another car, or under a wrong clock.

The worst of the 153 laps of the bundled packs misses by 113 ms, one in fifty by more than 65 ms; a
clock 2 s off makes it 400 to 500 ms.
"""

ABSURD_SCALE = 0.06
"""Integrated speed further from the lap length than this is not speed on this track."""

SAMPLE_STEP_S = 0.2
"""Step over which the speed at a crossing is taken."""


@dataclass(frozen=True, eq=False)
class CarAlignment:
    """Lays laps of one car onto the distance axis.

    Attributes
    ----------
    track
        Circuit with the loops where this race found them.
    recording
        The car's rows.
    entry
        Who drives.
    laps
        The car's clean laps; they teach its GPS line.
    reference_heading
        Heading of the track, ``None`` if unknown.
    """

    track: Track
    recording: Recording
    entry: Entry
    laps: Sequence[OfficialLap]
    reference_heading: ReferenceHeading | None

    def align(self, lap: OfficialLap) -> AlignedLap:
        """Lay one lap over lap distance.

        Raises
        ------
        MissingChannelError
            Speed was not recorded.
        AlignmentError
            Too little of the lap was recorded, or its own loops contradict it.
        """
        signals = lap_signals(self.track, self.recording, self._travel, lap)
        solved = self._solve(signals)
        inner_m = np.ptp(signals.crossings.distance_m[signals.crossings.recorded])
        if inner_m > 0 and abs(solved.scale - 1.0) > ABSURD_SCALE:
            raise AlignmentError(
                f"The speed of lap {lap.lap_number} of #{self.entry.number} adds up to "
                f"{inner_m / solved.scale:.0f} m where the track has {inner_m:.0f} m; choose "
                "another lap or import the race again with the right track."
            )
        residual_ms = self.residual_ms(signals)
        if residual_ms is not None and residual_ms > ABSURD_RESIDUAL_MS:
            raise AlignmentError(
                f"Lap {lap.lap_number} of #{self.entry.number} misses its own timing loops by "
                f"{residual_ms:.0f} ms; choose another lap."
            )
        tier = tier_of(solved, has_gps_line=self._line is not None)
        return aligned_lap(
            self.track,
            around_lap(self.recording, lap),
            self.entry,
            solved,
            tier,
            residual_ms,
            self._travel.lag_s,
        )

    def residual_ms(self, signals: LapSignals) -> float | None:
        """Return the median error with which a lap predicts the loops it was not shown.

        Returns
        -------
        float or None
            Milliseconds; ``None`` with fewer than two recorded loops.
        """
        crossings = signals.crossings
        inner = [crossings.names.index(name) for name in crossings.recorded_loops]
        if len(inner) < 2:
            return None
        steps = np.array([-SAMPLE_STEP_S, 0.0, SAMPLE_STEP_S])
        errors_s = []
        for index in inner:
            blind = replace(signals, crossings=crossings.without(crossings.names[index]))
            before, there, after = self._solve(blind).distance_at(crossings.time_s[index] + steps)
            speed_mps = max((after - before) / (2 * SAMPLE_STEP_S), 1.0)
            errors_s.append(abs(crossings.distance_m[index] - there) / speed_mps)
        return 1e3 * float(np.median(errors_s))

    def _solve(self, signals: LapSignals) -> SolvedLap:
        gps = gps_nodes(self._line, self._fixes, signals, self._clock)
        return solve_lap(signals, self._clock, self.reference_heading, gps)

    @cached_property
    def _travel(self) -> Travel:
        moved = travel(self.recording)
        if moved.clock_s.size < 2:
            raise MissingChannelError(
                f"Speed of #{self.entry.number} was not recorded, and without it no lap can be "
                "laid over distance; choose another car."
            )
        return moved

    @cached_property
    def _clock(self) -> ClockPrior:
        return clock_prior(self.recording)

    @cached_property
    def _fixes(self) -> GpsFixes | None:
        return gps_fixes(self.track, self.recording)

    @cached_property
    def _line(self) -> DrivenLine | None:
        if self._fixes is None or len(self.laps) < FEWEST_LINE_LAPS:
            return None
        signals = []
        for lap in self.laps:
            try:
                signals.append(lap_signals(self.track, self.recording, self._travel, lap))
            except (AlignmentError, NoTelemetryError):
                continue
        return own_line(self.track.length_m, self._fixes, signals, self._clock)
