"""What stands on the chips of the lap strip, whatever room there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QFontMetrics

from htt_desktop.domain.lap_status import LapStatus
from htt_desktop.ui import formats

_TENTHS_BELOW_S = 9.95
_SECONDS_BELOW_S = 99.5


@dataclass(frozen=True)
class ChipTexts:
    """One line per lap.

    Attributes
    ----------
    are_gaps
        The lines are gaps to the best lap in seconds, not lap times.
    """

    lines: tuple[str, ...]
    are_gaps: bool


def chip_texts(statuses: Sequence[LapStatus], room_px: int, metrics: QFontMetrics) -> ChipTexts:
    """Return the times of all laps in the most exact of the forms that fit every chip.

    Lap times to thousandths, hundredths or tenths, rounded; else gaps to the fastest clean
    lap in tenths. The shortest form is returned even where it does not fit.
    """
    times_s = [status.lap.lap_time_s for status in statuses]
    for decimals in (3, 2, 1):
        lines = tuple(formats.lap_time(time_s, decimals) for time_s in times_s)
        if _fit(lines, room_px, metrics):
            return ChipTexts(lines, are_gaps=False)
    clean = [status.lap.lap_time_s for status in statuses if status.is_clean]
    best_s = min(clean or times_s)
    signed = tuple(_signed_gap(time_s - best_s) for time_s in times_s)
    if _fit(signed, room_px, metrics):
        return ChipTexts(signed, are_gaps=True)
    return ChipTexts(tuple(gap(time_s - best_s) for time_s in times_s), are_gaps=True)


def gap(seconds: float) -> str:
    """Write a gap in three or four characters: tenths, above ten seconds whole ones.

    Examples
    --------
    >>> gap(0.0), gap(1.26), gap(-0.31), gap(9.96), gap(75.4), gap(131.0)
    ('0.0', '1.3', '−0.3', '10', '75', '2m')
    """
    size_s = abs(seconds)
    if size_s >= _SECONDS_BELOW_S:
        sign = formats.MINUS if seconds < 0 else ""
        return f"{sign}{size_s / 60:.0f}m"
    return formats.number(seconds, 1 if size_s < _TENTHS_BELOW_S else 0)


def _signed_gap(seconds: float) -> str:
    text = gap(seconds)
    return f"+{text}" if seconds > 0 and text != "0.0" else text


def _fit(lines: Sequence[str], room_px: int, metrics: QFontMetrics) -> bool:
    return all(metrics.horizontalAdvance(line) <= room_px for line in lines)
