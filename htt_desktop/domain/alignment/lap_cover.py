"""How much of an official lap the logger recorded."""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.lap_rules import TelemetryCover
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray

DROPOUT_S = 0.5
"""Rows further apart than this have lost samples in between: the fastest channels come every
43 ms and thinned files every 216 ms, while known dropouts last 0.8 s and more."""


def lap_cover(time_s: FloatArray, lap: OfficialLap) -> TelemetryCover | None:
    """Measure how much of a lap has rows.

    Parameters
    ----------
    time_s
        Official race time of each row, shape ``(rows,)``, non-decreasing.
    lap
        The lap, whose span is ``(lap.start_s, lap.elapsed_s)``.

    Returns
    -------
    TelemetryCover or None
        ``None`` when no row lies inside the lap.

    Examples
    --------
    >>> lap = OfficialLap(lap_number=2, lap_time_s=100.0, elapsed_s=200.0)
    >>> cover = lap_cover(np.arange(107.0, 250.0, 0.05), lap)
    >>> round(cover.missing_start_s, 2), cover.missing_end_s, round(cover.covered_s, 2)
    (7.0, 0.0, 93.0)
    """
    first = int(np.searchsorted(time_s, lap.start_s, side="left"))
    last = int(np.searchsorted(time_s, lap.elapsed_s, side="right"))
    if first >= last:
        return None
    # Rows just outside tell whether the stretch at the line itself was recorded.
    before = time_s[first] - (time_s[first - 1] if first else -np.inf)
    after = (time_s[last] if last < time_s.size else np.inf) - time_s[last - 1]
    inside = np.diff(time_s[first:last])
    covered_s = float(inside[inside <= DROPOUT_S].sum())
    missing_start_s = float(time_s[first] - lap.start_s)
    missing_end_s = float(lap.elapsed_s - time_s[last - 1])
    if before <= DROPOUT_S:
        covered_s += missing_start_s
        missing_start_s = 0.0
    if after <= DROPOUT_S:
        covered_s += missing_end_s
        missing_end_s = 0.0
    dropouts = inside[inside > DROPOUT_S]
    return TelemetryCover(
        covered_s=covered_s,
        longest_dropout_s=float(dropouts.max(initial=0.0)),
        missing_start_s=missing_start_s,
        missing_end_s=missing_end_s,
    )
