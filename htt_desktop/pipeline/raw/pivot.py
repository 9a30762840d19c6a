"""Samples of one car → one row per time stamp."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from htt_desktop.domain.channels import CHANNELS, Channel
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING, LoggerRows
from htt_desktop.domain.recording import FloatArray, IntArray
from htt_desktop.pipeline.raw.samples import MISSING_MS

_SNAP_MS = 20
"""A moved sample closer than half a period to an existing row belongs to that row."""


@dataclass
class RowCounts:
    """What became of a car's samples.

    Attributes
    ----------
    read
        Samples delivered.
    kept
        Values in the pivoted rows.
    rows
        Pivoted rows, one per time stamp.
    overlapping
        Samples delivered again by another file.
    moved
        Repeats put into the empty slot before their stamp.
    repeated
        Repeats dropped.
    out_of_range
        Values dropped as sensor faults, by channel.
    empty
        Samples without a value.
    backward
        Steps back in logger time, in file order.
    without_lap
        Rows from before the lap counter worked; they are kept.
    """

    read: int = 0
    kept: int = 0
    rows: int = 0
    overlapping: int = 0
    moved: int = 0
    repeated: int = 0
    out_of_range: dict[str, int] = field(default_factory=dict)
    empty: int = 0
    backward: int = 0
    without_lap: int = 0


def pivot(
    vehicle_id: str,
    printed_number: str,
    samples: NDArray[np.void],
) -> tuple[LoggerRows, RowCounts]:
    """Return the rows of one vehicle in order of logger time.

    Parameters
    ----------
    vehicle_id, printed_number
        As delivered.
    samples
        Of :data:`htt_desktop.pipeline.raw.disk_buffer.SAMPLE`, in file order; consumed.
    """
    counts = RowCounts(read=samples.size)
    counts.backward = int((np.diff(samples["clock_ms"]) < 0).sum())
    counts.empty = int(np.isnan(samples["value"]).sum())
    samples = samples[~np.isnan(samples["value"])]
    order = np.lexsort((samples["clock_ms"], samples["channel"]))
    samples = samples[order]
    samples = _without_overlap(samples, counts)
    parts: dict[Channel, tuple[IntArray, FloatArray]] = {}
    for code, spec in enumerate(CHANNELS):
        low, high = np.searchsorted(samples["channel"], (code, code + 1))
        value = samples["value"][low:high]
        sound = (value >= spec.minimum) & (value <= spec.maximum)
        if not sound.all():
            counts.out_of_range[spec.column] = int((~sound).sum())
        if not sound.any():
            continue
        resolved = resolve_repeats(samples["clock_ms"][low:high][sound], value[sound])
        counts.moved += resolved.moved
        counts.repeated += resolved.dropped
        parts[spec.channel] = (resolved.clock_ms, resolved.value)
    rows = _rows(vehicle_id, printed_number, samples, parts)
    counts.rows = rows.clock_s.size
    counts.without_lap = int((rows.logger_lap == COUNTER_NOT_WORKING).sum())
    counts.kept = sum(int(np.isfinite(values).sum()) for values in rows.channels.values())
    return rows, counts


def _without_overlap(samples: NDArray[np.void], counts: RowCounts) -> NDArray[np.void]:
    """Keep, per channel and stamp, the samples of the one file that has most of them.

    Two files that overlap deliver the same samples twice; counting copies over both
    would make them look like repeats of the logger.
    """
    if samples.size == 0 or np.ptp(samples["file"]) == 0:
        return samples
    starts = np.concatenate(
        (
            [True],
            (np.diff(samples["clock_ms"]) != 0) | (np.diff(samples["channel"]) != 0),
        )
    )
    group = np.cumsum(starts) - 1
    files = int(samples["file"].max()) + 1
    copies = np.bincount(group * files + samples["file"], minlength=(group[-1] + 1) * files)
    chosen = copies.reshape(-1, files).argmax(axis=1)
    keep: NDArray[np.bool_] = samples["file"] == chosen[group]
    counts.overlapping = int((~keep).sum())
    kept: NDArray[np.void] = samples[keep]
    return kept


def _rows(
    vehicle_id: str,
    printed_number: str,
    samples: NDArray[np.void],
    parts: dict[Channel, tuple[IntArray, FloatArray]],
) -> LoggerRows:
    clock_ms, lap, reception_ms = _stamps(samples)
    parts = {
        channel: (_snapped(clock_ms, stamps), values) for channel, (stamps, values) in parts.items()
    }
    added = np.setdiff1d(
        np.concatenate([stamps for stamps, _ in parts.values()] or [clock_ms[:0]]),
        clock_ms,
    )
    # A moved sample belongs to the lap and message of the row it was stamped with.
    behind = np.minimum(np.searchsorted(clock_ms, added), max(clock_ms.size - 1, 0))
    order = np.argsort(np.concatenate((clock_ms, added)), kind="stable")
    grid_ms = np.concatenate((clock_ms, added))[order]
    received = np.concatenate((reception_ms, reception_ms[behind]))[order]
    channels = {}
    for channel, (stamps, values) in parts.items():
        column = np.full(grid_ms.size, np.nan)
        column[np.searchsorted(grid_ms, stamps)] = values
        channels[channel] = column
    return LoggerRows(
        vehicle_id=vehicle_id,
        printed_number=printed_number,
        clock_s=grid_ms / 1000.0,
        logger_lap=np.concatenate((lap, lap[behind]))[order].astype(np.int64),
        channels=channels,
        reception_s=_reception_s(received),
    )


def _stamps(samples: NDArray[np.void]) -> tuple[IntArray, NDArray[np.uint16], IntArray]:
    """Return each time stamp once with its lap label and first time of reception."""
    order = np.lexsort((samples["reception_ms"], samples["clock_ms"]))
    clock_ms = samples["clock_ms"][order]
    first = order[np.concatenate(([True], np.diff(clock_ms) > 0))] if order.size else order
    chosen = samples[first]
    return (
        chosen["clock_ms"].astype(np.int64),
        chosen["lap"],
        chosen["reception_ms"].astype(np.int64),
    )


def _snapped(grid_ms: IntArray, stamps: IntArray) -> IntArray:
    """Move stamps that lie between rows onto a row nearby, where that row is free."""
    after = np.minimum(np.searchsorted(grid_ms, stamps), grid_ms.size - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(
        np.abs(grid_ms[before] - stamps) < np.abs(grid_ms[after] - stamps),
        before,
        after,
    )
    target = grid_ms[nearer]
    snap = (np.abs(target - stamps) <= _SNAP_MS) & (target != stamps)
    snap &= ~np.isin(target, stamps)
    moved = np.where(snap, target, stamps)
    unique = np.concatenate(([True], np.diff(moved) > 0))
    return np.where(unique, moved, stamps)


def _reception_s(reception_ms: IntArray) -> FloatArray | None:
    missing = reception_ms == MISSING_MS
    if missing.all():
        return None
    return np.where(missing, np.nan, reception_ms / 1000.0)


@dataclass(frozen=True, eq=False)
class Resolved:
    """Samples of one channel with one value per time stamp.

    Attributes
    ----------
    clock_ms
        Strictly increasing, shape ``(samples,)``.
    value
        Same shape.
    moved, dropped
        How many samples went into an empty slot, and how many went nowhere.
    """

    clock_ms: IntArray
    value: FloatArray
    moved: int
    dropped: int


def resolve_repeats(clock_ms: IntArray, value: FloatArray) -> Resolved:
    """Give each time stamp one value.

    Parameters
    ----------
    clock_ms
        Time stamps of one channel, non-decreasing, file order among equals.
    value
        Values, same shape.

    Examples
    --------
    >>> resolved = resolve_repeats(
    ...     np.array([0, 43, 86, 172, 172, 215, 258]), np.array([0.0, 1, 2, 4, 3, 5, 6])
    ... )
    >>> resolved.clock_ms.tolist(), resolved.value.tolist(), resolved.moved
    ([0, 43, 86, 129, 172, 215, 258], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 1)
    """
    first = np.flatnonzero(np.concatenate(([True], np.diff(clock_ms) > 0)))
    if first.size == clock_ms.size:
        return Resolved(clock_ms, value, 0, 0)
    stamps = clock_ms[first]
    copies = np.diff(np.append(first, clock_ms.size))
    last_value = value[first + copies - 1].copy()
    doubled = np.flatnonzero(copies > 1)
    period_ms = _period_ms(stamps)
    # A slot is empty when the step to the stamp before leaves room for a whole period.
    room = doubled > 0
    before = np.where(room, doubled - 1, 0)
    room &= stamps[doubled] - stamps[before] >= 1.5 * period_ms
    fits = doubled[room]
    early, late = value[first[fits] + copies[fits] - 2], last_value[fits]
    after = np.minimum(fits + 1, stamps.size - 1)
    previous, following = last_value[fits - 1], value[first[after]]
    as_filed = np.abs(early - previous) + np.abs(late - following)
    swapped = np.abs(late - previous) + np.abs(early - following)
    swap = (swapped < as_filed) & (after > fits)
    last_value[fits] = np.where(swap, early, late)
    moved_value = np.where(swap, late, early)
    moved_ms = stamps[fits] - period_ms
    all_ms = np.concatenate((stamps, moved_ms))
    order = np.argsort(all_ms, kind="stable")
    return Resolved(
        clock_ms=all_ms[order],
        value=np.concatenate((last_value, moved_value))[order],
        moved=int(fits.size),
        dropped=int(copies.sum()) - stamps.size - int(fits.size),
    )


def _period_ms(stamps: IntArray) -> int:
    """Return the usual step of a channel in whole ms."""
    steps = np.diff(stamps)
    return max(int(np.median(steps)), 1) if steps.size else 1
