"""Leave-one-loop-out: how wrong the alignment is where the timekeepers can tell.

For every lap and every inner loop the crossing is predicted and compared with the official
one. While that loop is predicted it does not exist: no lap is held by it, the track's
heading, the clocks and the GPS lines are learnt without it. Where the loop lies on the axis
is then read off the other laps, never off the lap under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.alignment.aligned_lap import tier_of
from htt_desktop.domain.alignment.field_alignment import Field, FieldAlignment, align_field
from htt_desktop.domain.alignment.lap_distance_solver import SolvedLap
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.error_band import BandModel, fit_band_model
from htt_desktop.domain.recording import FloatArray

EDGE_S = 0.5
"""Beyond either end of its recording a car keeps the mean speed of this last stretch."""

OWN_LAPS_WORTH = 1.0
"""Own laps needed to outweigh everybody else's opinion of where a loop lies."""


@dataclass(frozen=True)
class LoopError:
    """One left-out crossing.

    Attributes
    ----------
    predicted_s
        When the lap should have crossed, since it began; the loop measured by all other
        laps, the car's own weighing most. The official crossing has no part in it.
    error_s
        Predicted minus official time.
    other_cars_error_s
        The same with the loop measured by other cars only; ``None`` with one car.
    bridge_m
        ``(s − a)(b − s)/(b − a)`` for the neighbouring crossings a and b, or the distance to the
        only neighbour.
    """

    number: str
    lap_number: int
    loop: str
    tier: Tier
    predicted_s: float
    error_s: float
    other_cars_error_s: float | None
    bridge_m: float


@dataclass(frozen=True)
class LoopSummary:
    """Absolute errors at one loop, or at all."""

    name: str
    n: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True)
class LoopValidation:
    """Result of leaving out every crossing once.

    Attributes
    ----------
    laps, cars
        How many had at least one crossing tested.
    tier
        Tier of most laps.
    loops
        Per loop, in driving order.
    overall, other_cars
        Over all crossings; ``other_cars`` with the loop measured by other cars only.
    errors
        Every crossing.
    """

    laps: int
    cars: int
    tier: Tier
    loops: tuple[LoopSummary, ...]
    overall: LoopSummary
    other_cars: LoopSummary | None
    errors: tuple[LoopError, ...]

    @property
    def band_model(self) -> BandModel:
        """Error growth between crossings that covers 95 % of the left-out crossings."""
        return fit_band_model(
            [
                (
                    error.tier,
                    error.error_s if error.other_cars_error_s is None else error.other_cars_error_s,
                    error.bridge_m,
                )
                for error in self.errors
            ]
        )


def leave_one_loop_out(field: Field) -> tuple[LoopError, ...]:
    """Predict every inner crossing of every lap without having seen it.

    Returns
    -------
    tuple of LoopError
        Empty when fewer than two laps were timed at any loop.
    """
    errors: list[LoopError] = []
    for loop in field.track.loops:
        tested = [
            (lap.number, lap.signals.lap.lap_number)
            for lap in field.laps
            if loop.name in lap.signals.crossings.recorded_loops
        ]
        if len(tested) > 1:
            blind = align_field(field.without_loop(loop.name))
            known = [key for key in tested if key in blind.solved_laps]
            errors += _errors_at(loop.name, loop.distance_m, blind, known)
    return tuple(errors)


def summarise(errors: Sequence[LoopError], loop_names: Sequence[str]) -> LoopValidation | None:
    """Return medians and 95th percentiles, ``None`` without any error."""
    if not errors:
        return None
    tiers = [error.tier for error in errors]
    others = [e.other_cars_error_s for e in errors if e.other_cars_error_s is not None]
    loops = [(name, [e.error_s for e in errors if e.loop == name]) for name in loop_names]
    return LoopValidation(
        laps=len({(error.number, error.lap_number) for error in errors}),
        cars=len({error.number for error in errors}),
        tier=max(Tier, key=tiers.count),
        loops=tuple(_summary(name, values) for name, values in loops if values),
        overall=_summary("all", [error.error_s for error in errors]),
        other_cars=_summary("other cars", others) if others else None,
        errors=tuple(errors),
    )


def _errors_at(
    loop: str, table_m: float, blind: FieldAlignment, keys: Sequence[tuple[str, int]]
) -> list[LoopError]:
    laps = [blind.solved_laps[key] for key in keys]
    crossed_s = np.array([lap.signals.lap.loops_s[loop] for lap in laps])
    seen_m = np.array(
        [
            lap.distance_at(np.array([time_s]))[0]
            for lap, time_s in zip(laps, crossed_s, strict=True)
        ]
    )
    errors = []
    for index, (number, lap_number) in enumerate(keys):
        others = np.array([other != index for other in range(len(keys))])
        own = np.array([key[0] == number for key in keys])
        distance_m = _loop_distance_m(seen_m[others & own], seen_m[others])
        predicted_s = _reached_s(laps[index], distance_m)
        foreign = seen_m[~own]
        errors.append(
            LoopError(
                number=number,
                lap_number=lap_number,
                loop=loop,
                tier=tier_of(laps[index], has_gps_line=number in blind.lines),
                predicted_s=predicted_s,
                error_s=predicted_s - float(crossed_s[index]),
                other_cars_error_s=(
                    _reached_s(laps[index], float(np.median(foreign))) - float(crossed_s[index])
                    if foreign.size
                    else None
                ),
                bridge_m=_bridge_m(laps[index], table_m),
            )
        )
    return errors


def _reached_s(lap: SolvedLap, distance_m: float) -> float:
    """Return when a lap reaches a distance, found from the solved lap alone."""
    signals = lap.signals
    recorded_s = np.union1d(signals.clock_s, signals.node_s)
    distances_m = np.maximum.accumulate(lap.distance_at_recorded(recorded_s))
    reached_s = float(np.interp(distance_m, distances_m, recorded_s))
    edge = np.array([recorded_s[0], recorded_s[0] + EDGE_S])
    if distance_m > distances_m[-1]:
        edge = np.array([recorded_s[-1] - EDGE_S, recorded_s[-1]])
    before_m, after_m = lap.distance_at_recorded(edge)
    speed_mps = max(float(after_m - before_m) / EDGE_S, 1.0)
    beyond_m = distance_m - float(np.clip(distance_m, distances_m[0], distances_m[-1]))
    return reached_s + beyond_m / speed_mps - lap.clock_error_s


def _loop_distance_m(own_m: FloatArray, all_m: FloatArray) -> float:
    """Return where a loop lies, from a car's own other laps and from everybody's."""
    if own_m.size == 0:
        return float(np.median(all_m))
    share = own_m.size / (own_m.size + OWN_LAPS_WORTH)
    return float(share * np.median(own_m) + (1 - share) * np.median(all_m))


def _bridge_m(lap: SolvedLap, distance_m: float) -> float:
    crossings = lap.signals.crossings
    crossed_m = crossings.distance_m[crossings.recorded]
    before, after = crossed_m[crossed_m < distance_m], crossed_m[crossed_m > distance_m]
    if before.size and after.size:
        left, right = float(before[-1]), float(after[0])
        return (distance_m - left) * (right - distance_m) / (right - left)
    return float(np.abs(crossed_m - distance_m).min())


def _summary(name: str, errors_s: Sequence[float]) -> LoopSummary:
    sizes_ms = 1e3 * np.abs(np.array(errors_s))
    return LoopSummary(
        name, len(errors_s), float(np.median(sizes_ms)), float(np.quantile(sizes_ms, 0.95))
    )
