"""All laps of a race laid over one distance axis at once, so that they teach one another.

In turn: every lap alone against what is known of the track's heading, the heading from all
laps, each car's clock from all its laps, each car's own GPS line, and every lap again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from htt_desktop.domain.alignment.gps_track import (
    DrivenLine,
    GpsFixes,
    GpsNodes,
    deviations,
    gps_fixes,
    mean_line,
)
from htt_desktop.domain.alignment.lap_distance_solver import (
    ClockPrior,
    SolvedLap,
    solve_lap,
    stretched_distance_m,
)
from htt_desktop.domain.alignment.lap_signals import LapSignals, lap_signals
from htt_desktop.domain.alignment.reference_heading import (
    ReferenceHeading,
    heading_grid_m,
    learn_reference_heading,
)
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.errors import AlignmentError, NoTelemetryError
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray, Recording
from htt_desktop.domain.signals import robust_spread
from htt_desktop.domain.tracks import TimingLoop, Track

ROUNDS = 3
"""Rounds of placing laps and learning the reference heading; a fourth changes nothing visible."""

MOST_HEADING_LAPS = 60
"""Laps that teach the reference heading; more only take longer."""

FEWEST_LINE_LAPS = 3
"""A car's own GPS line needs laps to average over."""

SMALLEST_CLOCK_SIGMA_S = 0.015

FEWEST_LAPS = 4
FURTHEST_M = 60.0
"""A loop further than this from the table is not the loop of the table."""


@dataclass(frozen=True, eq=False)
class FieldLap:
    """One lap of the field, ready to be aligned."""

    number: str
    signals: LapSignals
    clock: ClockPrior


@dataclass(frozen=True, eq=False)
class Field:
    """Laps of a race with their recordings' motion already worked out."""

    track: Track
    laps: tuple[FieldLap, ...]
    fixes: Mapping[str, GpsFixes | None]

    def without_loop(self, name: str) -> Field:
        """Return the field as if one loop had never timed anybody."""
        laps = tuple(
            replace(
                lap, signals=replace(lap.signals, crossings=lap.signals.crossings.without(name))
            )
            for lap in self.laps
        )
        usable = tuple(lap for lap in laps if lap.signals.crossings.recorded.any())
        return Field(self.track, usable, self.fixes)


@dataclass(frozen=True, eq=False)
class FieldAlignment:
    """Every lap solved.

    Attributes
    ----------
    reference_heading
        Heading of the track, ``None`` without lateral acceleration.
    clocks
        Error of each car's clock.
    lines
        Each car's own GPS line, where it has enough laps.
    solved_laps
        By printed number and lap.
    """

    reference_heading: ReferenceHeading | None
    clocks: Mapping[str, ClockPrior]
    lines: Mapping[str, DrivenLine]
    solved_laps: Mapping[tuple[str, int], SolvedLap]


def clock_prior(recording: Recording) -> ClockPrior:
    """Return what the fitted offset of a recording leaves open."""
    return ClockPrior(0.0, max(recording.clock_sigma_s, SMALLEST_CLOCK_SIGMA_S))


def make_field(track: Track, cars: Sequence[tuple[Recording, Sequence[OfficialLap]]]) -> Field:
    """Work out the motion of every lap; laps that cannot be aligned are left out.

    Parameters
    ----------
    track
        The circuit.
    cars
        Per car its recording in official race time and the laps to use.
    """
    laps = []
    fixes = {}
    for recording, official in cars:
        moved = travel(recording)
        number = recording.entry_number
        clock = clock_prior(recording)
        for lap in official:
            try:
                laps.append(FieldLap(number, lap_signals(track, recording, moved, lap), clock))
            except (AlignmentError, NoTelemetryError):
                continue
        fixes[number] = gps_fixes(track, recording)
    return Field(track, tuple(laps), fixes)


def align_field(
    field: Field, *, reference_heading: ReferenceHeading | None = None
) -> FieldAlignment:
    """Lay every lap of a field onto the distance axis.

    Parameters
    ----------
    field
        Laps to align.
    reference_heading
        Heading of the track if it is known already; otherwise it is learnt.
    """
    if reference_heading is None:
        reference_heading = _learn(field)
    alone = {
        _key(lap): solve_lap(lap.signals, lap.clock, reference_heading, None) for lap in field.laps
    }
    clocks = car_clocks(field, alone)
    lines = {}
    solved_laps = {}
    for number in dict.fromkeys(lap.number for lap in field.laps):
        own = [lap.signals for lap in field.laps if lap.number == number]
        clock = clocks[number]
        line = own_line(field.track.length_m, field.fixes.get(number), own, clock)
        if line is not None:
            lines[number] = line
        for signals in own:
            key = (number, signals.lap.lap_number)
            gps = gps_nodes(line, field.fixes.get(number), signals, clock)
            solved_laps[key] = solve_lap(signals, clock, reference_heading, gps, alone[key])
    return FieldAlignment(reference_heading, clocks, lines, solved_laps)


def car_clocks(
    field: Field, solved_laps: Mapping[tuple[str, int], SolvedLap]
) -> dict[str, ClockPrior]:
    """Return the error of each car's clock from what its laps say one by one.

    A car with one or two laps keeps its prior: its laps decide for themselves.
    """
    clocks = {}
    for number, prior in {lap.number: lap.clock for lap in field.laps}.items():
        errors = np.array(
            [solved.clock_error_s for (other, _), solved in solved_laps.items() if other == number]
        )
        middle = float(np.median(errors))
        if errors.size < FEWEST_LINE_LAPS:
            clocks[number] = prior
        else:
            clocks[number] = ClockPrior(middle, max(robust_spread(errors), SMALLEST_CLOCK_SIGMA_S))
    return clocks


def own_line(
    length_m: float, fixes: GpsFixes | None, laps: Sequence[LapSignals], clock: ClockPrior
) -> DrivenLine | None:
    """Return a car's own GPS line, ``None`` without GPS or with too few laps."""
    if fixes is None or len(laps) < FEWEST_LINE_LAPS:
        return None
    runs = []
    for signals in laps:
        fix_s, east_m, north_m = _fixes_of(fixes, signals)
        if fix_s.size > signals.node_s.size:
            distance_m = stretched_distance_m(signals, fix_s, clock.error_s)
            runs.append((np.maximum.accumulate(distance_m), east_m, north_m))
    if len(runs) < FEWEST_LINE_LAPS:
        return None
    return mean_line(length_m, runs)


def gps_nodes(
    line: DrivenLine | None, fixes: GpsFixes | None, signals: LapSignals, clock: ClockPrior
) -> GpsNodes | None:
    """Return how far one lap deviates from the car's own line, ``None`` without one."""
    if line is None or fixes is None:
        return None
    fix_s, east_m, north_m = _fixes_of(fixes, signals)
    if fix_s.size <= signals.node_s.size:
        return None
    distance_m = stretched_distance_m(signals, fix_s, clock.error_s)
    return deviations(line, fix_s, east_m, north_m, distance_m, signals.node_s)


def _fixes_of(fixes: GpsFixes, signals: LapSignals) -> tuple[FloatArray, FloatArray, FloatArray]:
    start_s = signals.lap.start_s
    first = int(np.searchsorted(fixes.time_s, start_s + signals.clock_s[0]))
    last = int(np.searchsorted(fixes.time_s, start_s + signals.clock_s[-1]))
    chosen = slice(first, last)
    return fixes.time_s[chosen] - start_s, fixes.east_m[chosen], fixes.north_m[chosen]


def _learn(field: Field) -> ReferenceHeading | None:
    step = 1 + (len(field.laps) - 1) // MOST_HEADING_LAPS if field.laps else 1
    teachers = [lap for lap in field.laps if np.isfinite(lap.signals.node_heading_rad).any()]
    teachers = teachers[::step]
    grid_m = heading_grid_m(field.track.length_m)
    reference_heading = None
    before: list[SolvedLap | None] = [None] * len(teachers)
    for _ in range(ROUNDS):
        solved = [
            solve_lap(lap.signals, lap.clock, reference_heading, None, earlier)
            for lap, earlier in zip(teachers, before, strict=True)
        ]
        reference_heading = learn_reference_heading(grid_m, [_run(lap) for lap in solved])
        if reference_heading is None:
            return None
        before = list(solved)
    return reference_heading


def _run(solved: SolvedLap) -> tuple[FloatArray, FloatArray]:
    distance_m = solved.node_distance_m
    forward = np.concatenate(([True], np.diff(np.maximum.accumulate(distance_m)) > 0))
    return distance_m[forward], solved.heading_rad[forward]


def _key(lap: FieldLap) -> tuple[str, int]:
    return lap.number, lap.signals.lap.lap_number


def measured_loops(field: Field) -> tuple[TimingLoop, ...]:
    """Return the track's loops, moved to where the laps of a race crossed them.

    Returns
    -------
    tuple of TimingLoop
        Loops crossed by fewer than four full laps keep the distance of the table.

    Notes
    -----
    No distance depends on the official time of any other loop.
    """
    seen: dict[str, list[float]] = {}
    for lap in field.laps:
        crossings = lap.signals.crossings
        if not (crossings.recorded[0] and crossings.recorded[-1]):
            continue
        line_only = crossings
        for name in crossings.names[1:-1]:
            line_only = line_only.without(name)
        solved = solve_lap(replace(lap.signals, crossings=line_only), lap.clock, None, None)
        crossed_m = solved.distance_at(crossings.time_s)
        for name, distance_m in zip(crossings.names[1:-1], crossed_m[1:-1], strict=True):
            seen.setdefault(name, []).append(float(distance_m))
    return tuple(_moved(loop, seen.get(loop.name, [])) for loop in field.track.loops)


def with_loops(track: Track, loops: tuple[TimingLoop, ...]) -> Track:
    """Return the track with its loops at other distances."""
    return replace(track, loops=loops)


def _moved(loop: TimingLoop, distances_m: list[float]) -> TimingLoop:
    if len(distances_m) < FEWEST_LAPS:
        return loop
    middle = float(np.median(distances_m))
    if abs(middle - loop.distance_m) > FURTHEST_M:
        return loop
    spread = robust_spread(np.array(distances_m))
    return TimingLoop(loop.name, round(middle, 1), round(spread, 1), len(distances_m))
