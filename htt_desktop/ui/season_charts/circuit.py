"""A driver's record at every track against what their factors predict."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.factor_records import CircuitRecord
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.season_charts.interval_rows import (
    NO_EVIDENCE,
    Interval,
    IntervalFrame,
    IntervalRow,
    IntervalRows,
)
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.lap_texts import short_name

NOT_ENTERED = "not entered"
NO_EXPECTATION = "no expectation"
LEFT_OUT = "left out"

_FRAME = IntervalFrame(
    sides=("◀ worse than expected, places", "better than expected ▶"),
    short_sides=("◀ worse", "better ▶"),
    headings=("finish", "expected", "races"),
    short_headings=("fin.", "exp.", "n"),
    note="80 % interval of the lasting difference, grey: no evidence",
    short_note="80 % interval, grey: no evidence",
    empty="Choose a driver to see their record at every track.",
)


class CircuitChart(IntervalRows):
    """Places better or worse than expected per track, in calendar order.

    Points are shrunken differences with their 80 % interval, positive where the driver
    does better than their factors in other races predict. The interval is that of a lasting
    difference, not of the next race. Where it contains zero there is no evidence, and it is
    grey.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Record per track against expectation", _FRAME, parent)

    def show_season(self, season: Season, driver: str | None, rival: str | None) -> None:
        """Show the tracks of a driver, and a rival's points beside them."""
        rival = None if rival == driver else rival
        if driver is None:
            self.show_rows(())
            return
        own, other = _records(season, driver), _records(season, rival)
        rows = []
        for track in season.tracks.values():
            record, beside = own.get(track.id), other.get(track.id)
            tip = [f"{track.name}", *_told(driver, record)]
            if rival is not None:
                tip += _told(rival, beside)
            rows.append(
                IntervalRow(
                    label=short_name(track.id, track.name),
                    own=_interval(record),
                    rival=_interval(beside),
                    figures=_figures(record),
                    note=_note(record),
                    tip="\n".join(tip),
                )
            )
        points = [("●", driver), ("○", rival)]
        legend = "   ".join(f"{point} {name}" for point, name in points if name is not None)
        self.show_rows(rows, rival, legend)


def _records(season: Season, driver: str | None) -> dict[str, CircuitRecord]:
    found = None if driver is None else season.factors.get(driver)
    return {} if found is None else {record.track_id: record for record in found.circuits}


def _interval(record: CircuitRecord | None) -> Interval | None:
    if record is None or record.better_by_places is None:
        return None
    value = record.better_by_places
    low = value if record.low_places is None else record.low_places
    high = value if record.high_places is None else record.high_places
    return Interval(value, low, high, record.has_evidence)


def _figures(record: CircuitRecord | None) -> tuple[str, str, str]:
    if record is None:
        return formats.MISSING, formats.MISSING, "0"
    return (
        formats.number(record.mean_finish, 1),
        formats.number(record.expected_finish, 1),
        str(record.races),
    )


def _note(record: CircuitRecord | None) -> str:
    if record is not None and record.races:
        return NO_EXPECTATION
    return LEFT_OUT if record is not None and record.left_out else NOT_ENTERED


def _told(driver: str, record: CircuitRecord | None) -> list[str]:
    if record is None or not (record.races or record.left_out):
        return [f"{driver}: {NOT_ENTERED}"]
    lines = [*_told_record(driver, record)]
    if record.left_out:
        starts = counted(record.left_out, "start")
        lines.append(f"{starts} {LEFT_OUT}: not running at the end, or put back by the stewards")
    return lines


def _told_record(driver: str, record: CircuitRecord) -> list[str]:
    if not record.races:
        return [f"{driver}: no record"]
    races = counted(record.races, "race")
    finish = f"finish {formats.number(record.mean_finish, 1)} in {races}"
    if record.better_by_places is None:
        return [f"{driver}: {finish}, {NO_EXPECTATION}"]
    interval = (
        f"80 % from {formats.signed(record.low_places, 1)}"
        f" to {formats.signed(record.high_places, 1)}"
    )
    evidence = "" if record.has_evidence else f", {NO_EVIDENCE}"
    return [
        f"{driver}: {formats.signed(record.better_by_places, 1)} places, {interval}{evidence}",
        f"{finish}, expected {formats.number(record.expected_finish, 1)}",
        "lasting difference; a single race scatters about three times as widely",
    ]
