"""Samples of one channel that carry one time stamp."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.pipeline.raw.pivot import resolve_repeats

RAMP_MS = np.arange(0, 43 * 50, 43, dtype=np.int64)


def stamped_alike(slot: int, *, swapped: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return a ramp in which one sample carries the stamp of the next, in either file order."""
    clock_ms, value = RAMP_MS.copy(), RAMP_MS / 43.0
    clock_ms[slot] = clock_ms[slot + 1]
    if swapped:
        value[[slot, slot + 1]] = value[[slot + 1, slot]]
    return clock_ms, value


@given(st.integers(1, 47), st.booleans())
def test_that_a_sample_stamped_late_returns_to_its_empty_slot(slot: int, swapped: bool) -> None:
    resolved = resolve_repeats(*stamped_alike(slot, swapped=swapped))
    assert np.array_equal(resolved.clock_ms, RAMP_MS)
    assert np.array_equal(resolved.value, RAMP_MS / 43.0)
    assert (resolved.moved, resolved.dropped) == (1, 0)


def test_that_a_repeat_without_an_empty_slot_is_dropped_and_counted() -> None:
    clock_ms = np.array([0, 43, 86, 86, 129], dtype=np.int64)
    resolved = resolve_repeats(clock_ms, np.array([0.0, 1, 2, 2.5, 3]))
    assert resolved.clock_ms.tolist() == [0, 43, 86, 129]
    assert (resolved.moved, resolved.dropped) == (0, 1)


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=60),
    st.lists(st.integers(1, 4), min_size=60, max_size=60),
    st.randoms(use_true_random=False),
)
def test_that_nothing_is_invented_or_lost_uncounted(
    steps: list[int],
    copies: list[int],
    random: Random,
) -> None:
    stamps = np.repeat(np.cumsum(steps) * 10, copies[: len(steps)]).astype(np.int64)
    values = np.array([random.random() for _ in stamps])
    resolved = resolve_repeats(stamps, values)
    assert (np.diff(resolved.clock_ms) > 0).all()
    assert resolved.value.size == resolved.clock_ms.size
    assert resolved.value.size + resolved.dropped == stamps.size
    assert set(resolved.value) <= set(values)
    assert set(stamps) <= set(resolved.clock_ms)
