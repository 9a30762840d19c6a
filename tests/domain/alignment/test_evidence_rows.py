"""Every row of the fit of a lap, against numbers worked by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from htt_desktop.domain.alignment.evidence_rows import (
    Equations,
    add_crossings,
    add_gps,
    add_heading,
    add_path,
)
from htt_desktop.domain.alignment.gps_track import GpsNodes
from htt_desktop.domain.alignment.lap_signals import Crossings, LapSignals
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray, IntArray

NODES = 4
SCALE = 1.1


@dataclass(frozen=True, eq=False)
class Block:
    """What one call of :meth:`Equations.add` was given."""

    columns: IntArray
    values: FloatArray
    observed: FloatArray
    sigma: FloatArray


class Ledger(Equations):
    """Equations that keep their rows and priors readable."""

    def __init__(self) -> None:
        super().__init__(40)
        self.blocks: list[Block] = []
        self.priors: dict[int, tuple[float, float]] = {}

    def add(
        self, columns: IntArray, values: FloatArray, observed: FloatArray, sigma: FloatArray
    ) -> None:
        self.blocks.append(Block(columns, values, observed, sigma))
        super().add(columns, values, observed, sigma)

    def prior(self, column: int, sigma: float, mean: float = 0.0) -> None:
        self.priors[column] = (sigma, mean)
        super().prior(column, sigma, mean)


def signals() -> LapSignals:
    """Return four nodes 1, 3 and 4 s apart: braking, a hole, cornering."""
    node_s, driven_m = np.array([0.0, 1.0, 4.0, 8.0]), np.array([0.0, 10.0, 50.0, 100.0])
    crossings = Crossings(
        names=("start", "IM1", "FL"),
        time_s=np.array([0.5, 1.75, 9.0]),
        distance_m=np.array([3.0, 40.0, 130.0]),
        recorded=np.array([True, True, False]),
    )
    return LapSignals(
        lap=OfficialLap(1, 9.0, 9.0),
        clock_s=node_s,
        driven_m=driven_m,
        node_s=node_s,
        node_driven_m=driven_m,
        node_speed_mps=np.array([10.0, 20.0, 30.0, 40.0]),
        node_acceleration_g=np.array([-0.5, 0.0, 1.0, 3.0]),
        node_in_hole=np.array([False, True, False, True]),
        node_heading_rad=np.array([0.0, 0.1, 0.3, 0.25]),
        crossings=crossings,
    )


def close(found: FloatArray | IntArray, expected: object) -> None:
    np.testing.assert_allclose(found, np.array(expected, dtype=np.float64), rtol=1e-9, atol=1e-12)


def test_that_a_row_counts_by_the_square_of_its_certainty() -> None:
    equations = Equations(3)
    equations.add(np.array([[0, 2]]), np.array([[2.0, 3.0]]), np.array([4.0]), np.array([0.5]))
    close(equations.matrix, [[16, 0, 24], [0, 0, 0], [24, 0, 36]])
    close(equations.right, [32, 0, 48])
    equations.prior(1, 0.5, 3.0)
    assert (equations.matrix[1, 1], equations.right[1]) == (4.0, 12.0)


def test_that_rows_that_share_an_unknown_add_up() -> None:
    equations = Equations(2)
    same = np.array([[0, 1], [0, 1]])
    equations.add(same, np.ones((2, 2)), np.array([1.0, 2.0]), np.ones(2))
    close(equations.matrix, [[2, 2], [2, 2]])
    close(equations.right, [3, 3])


def test_that_a_crossing_ties_the_two_nodes_around_it_and_the_clock() -> None:
    ledger = Ledger()
    add_crossings(ledger, signals(), SCALE, origin_m=2.0, clock_at=9)
    (block,) = ledger.blocks
    close(block.columns, [[0, 1, 9], [1, 2, 9]])
    # At 0.5 s half way between nodes 0 and 1, at 15 m/s; at 1.75 s a quarter after node 1.
    close(block.values, [[0.5, 0.5, 15.0], [0.75, 0.25, 22.5]])
    # 3 − 1.1·5 − 2 and 40 − 1.1·20 − 2.
    close(block.observed, [-4.5, 16.0])
    close(block.sigma, [0.1, 0.1])


def test_that_the_path_walks_more_where_wheels_slip_and_in_holes() -> None:
    ledger = Ledger()
    add_path(ledger, signals(), SCALE, scale_at=4)
    (block,) = ledger.blocks
    close(block.columns, [[0, 1, 4], [1, 2, 4], [2, 3, 4]])
    close(block.values, [[-1, 1, -11], [-1, 1, -44], [-1, 1, -55]])
    close(block.observed, [0, 0, 0])
    # (0.002 + 0.02·0.5²)·11, (0.002 + 0.03)·44 and (0.002 + 0.02·1²)·55 square metres.
    close(block.sigma**2, [0.077, 1.408, 1.21])


def test_that_the_path_of_a_standing_car_keeps_a_metre_of_doubt() -> None:
    ledger = Ledger()
    add_path(ledger, replace(signals(), node_driven_m=np.zeros(NODES)), SCALE, scale_at=4)
    close(ledger.blocks[0].values[:, 2], [-1, -1, -1])


def test_that_a_car_inside_a_corner_has_a_shorter_way() -> None:
    ledger = Ledger()
    curvature = np.array([0.01, 0.02, np.nan, 0.04])
    add_path(ledger, signals(), SCALE, 4, curvature, beside_at=10)
    (block,) = ledger.blocks
    close(block.columns, [[0, 1, 4, 10, 11], [1, 2, 4, 11, 12], [2, 3, 4, 12, 13]])
    # Half of κ·step belongs to the node at either end, κ being the mean of both.
    close(
        block.values,
        [
            [-1, 1, -11, -0.0825, -0.0825],
            [-1, 1, -44, -0.22, -0.22],
            [-1, 1, -55, -0.55, -0.55],
        ],
    )
    close(block.sigma**2, [0.066, 1.364, 1.155])
    close(np.diag(ledger.matrix)[[14, 20]], [0, 0])
    plain = Ledger()
    plain.add(block.columns, block.values, block.observed, block.sigma)
    close(np.diag(ledger.matrix - plain.matrix)[10:14], [1 / 9] * 4)


def reference_heading() -> ReferenceHeading:
    """Return a track that turns left by 0.005 rad every metre."""
    distance_m = np.linspace(-50.0, 250.0, 301)
    return ReferenceHeading(distance_m, 0.005 * distance_m, laps=5)


BASE_M = np.array([0.0, 10.0, 50.0, 100.0])
AROUND_M = np.array([0.0, 1.0, 2.0, 3.0])
SLOPE = np.array([0.01, 0.01, 0.02, np.nan])


def test_that_heading_is_compared_with_the_reference_where_the_car_is() -> None:
    ledger = Ledger()
    add_heading(ledger, signals(), reference_heading(), BASE_M, AROUND_M, SLOPE, heading_at=10)
    block = ledger.blocks[0]
    close(block.columns, [[0, 10, 14, 15], [1, 11, 14, 15], [2, 12, 14, 15]])
    # Slope, drift, gain by the angle turned, lag by slope times speed.
    close(block.values, [[0.01, 1, 0, 0.1], [0.01, 1, 0.1, 0.2], [0.02, 1, 0.3, 0.6]])
    # Against 0, 0.055 and 0.26 rad: 0, 0.045, 0.04 less their median, plus slope·around.
    close(block.observed, [-0.04, 0.015, 0.04])
    close(block.sigma, [0.02] * 3)


def test_that_heading_drifts_with_the_square_root_of_time_and_with_turning() -> None:
    ledger = Ledger()
    add_heading(ledger, signals(), reference_heading(), BASE_M, AROUND_M, SLOPE, heading_at=10)
    block = ledger.blocks[1]
    close(block.columns, [[10, 11], [11, 12], [12, 13]])
    close(block.values, [[-1, 1]] * 3)
    close(block.observed, [0, 0, 0])
    # 0.008·√1 + 0.02·0.1, 0.008·√3 + 0.02·0.2 and 0.008·√4 + 0.02·0.05.
    close(block.sigma, [0.010, 0.008 * 3**0.5 + 0.004, 0.017])
    assert ledger.priors == {10: (1.0, 0.0), 14: (0.03, 0.0), 15: (0.03, 0.0)}


def test_that_a_car_that_points_away_from_the_line_leaves_it() -> None:
    ledger = Ledger()
    add_heading(
        ledger, signals(), reference_heading(), BASE_M, AROUND_M, SLOPE, heading_at=10, beside_at=20
    )
    rows, drift = ledger.blocks
    # Nodes at the ends have no neighbour on one side. From node to node 50 m and 90 m.
    close(rows.columns, [[1, 11, 14, 15, 20, 22], [2, 12, 14, 15, 21, 23]])
    close(
        rows.values,
        [
            [0.01, 1, 0.1, 0.2, -1 / 50, 1 / 50],
            [0.02, 1, 0.3, 0.6, -1 / 90, 1 / 90],
        ],
    )
    close(rows.observed, [0.0025 + 0.01, -0.0025 + 0.04])
    close(drift.sigma, [0.009, 0.008 * 3**0.5 + 0.002, 0.0165])


def test_that_gps_moves_the_lap_and_its_drift_keeps_one_direction() -> None:
    nodes = GpsNodes(
        ahead_m=np.array([1.0, np.nan, 2.0, 3.0]),
        left_m=np.array([0.5, np.nan, 0.1, -0.2]),
        toward_east=np.array([1.0, 0.0, 0.6, 0.0]),
        toward_north=np.array([0.0, 1.0, 0.8, 1.0]),
    )
    ledger = Ledger()
    add_gps(ledger, signals(), nodes, np.array([0.1, 0.2, 0.3, 0.4]), gps_at=30, slow=2)
    ahead, left, east, north = ledger.blocks
    # Knots of the drift at 0 and 8 s: node 2, at 4 s, is half way between them.
    close(ahead.columns, [[0, 30, 31, 32, 33], [2, 30, 31, 32, 33], [3, 30, 31, 32, 33]])
    close(ahead.values, [[1, 1, 0, 0, 0], [1, 0.3, 0.3, 0.4, 0.4], [1, 0, 0, 0, 1]])
    close(ahead.observed, [1.1, 2.3, 3.4])
    close(ahead.sigma, [0.8] * 3)
    # To the left of east is north, to the left of north is west.
    close(left.columns, [[30, 31, 32, 33]] * 3)
    close(left.values, [[0, 0, 1, 0], [-0.4, -0.4, 0.3, 0.3], [0, -1, 0, 0]])
    close(left.observed, [0.5, 0.1, -0.2])
    close(left.sigma, [3.5] * 3)
    for block, start in ((east, 30), (north, 32)):
        close(block.columns, [[start, start + 1]])
        close(block.values, [[-1, 1]])
        close(block.sigma, [0.22 * 8**0.5])
    assert ledger.priors == {30: (3.0, 0.0), 32: (3.0, 0.0)}


@pytest.mark.parametrize("knots", [2, 3])
def test_that_the_drift_of_gps_may_follow_over_eight_seconds(knots: int) -> None:
    nodes = GpsNodes(*(np.full(NODES, value) for value in (1.0, 0.0, 1.0, 0.0)))
    ledger = Ledger()
    add_gps(ledger, signals(), nodes, np.zeros(NODES), gps_at=20, slow=knots)
    steps = ledger.blocks[2]
    assert steps.columns.tolist() == [[20 + n, 21 + n] for n in range(knots - 1)]
