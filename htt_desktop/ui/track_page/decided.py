"""What went with the finish at a track: all four factors with their intervals."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.factor_table import FACTORS_BY_ID
from htt_desktop.domain.season.track_records import Decisive, SeasonTrack
from htt_desktop.ui.season_charts.interval_rows import (
    NO_EVIDENCE,
    Interval,
    IntervalFrame,
    IntervalRow,
    IntervalRows,
)
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.track_page.card import decided, led, proof, starts
from htt_desktop.ui.wording import formats

TITLE = "What went with the finish"

_FRAME = IntervalFrame(
    sides=("◀ better score, worse finish", "better score, better finish ▶"),
    short_sides=("◀ worse finish", "better finish ▶"),
    headings=("strongest in",),
    short_headings=("first",),
    note="95 % interval, grey: no evidence",
    reach=1.0,
    empty="No race here tells what went with the finish.",
)

_MEANING = (
    "All four factors are compared on the same starts, those with a score of each. A factor is "
    "named when better scores finished in front and it is the strongest of the four in at least "
    "90 % of 1,000 random draws of drivers."
)


class DecidedChart(IntervalRows):
    """Spearman's ρ between each factor and the finish, with its 95 % interval."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, TITLE, _FRAME, parent)

    def show_track(self, track: SeasonTrack) -> None:
        """Show a track, the strongest factor first."""
        self.show_rows([_row(found) for found in track.decided_by])


def headline(track: SeasonTrack) -> str:
    """Say in one line which factor went with the finish, and on how many starts."""
    named = next((found for found in track.decided_by if found.stands_out), None)
    behind = starts(track.decided_by)
    return f"{decided(named)} ({behind})" if behind else decided(named)


def headline_tip() -> str:
    """Say when a factor is named."""
    return _MEANING


def _row(found: Decisive) -> IntervalRow:
    title = FACTORS_BY_ID[found.factor].title
    if found.correlation is None or found.low is None or found.high is None:
        tip = f"{title}: too few cars have a score"
        return IntervalRow(title, None, None, (formats.MISSING,), NO_EVIDENCE, tip)
    share = formats.MISSING
    if found.leads_share is not None:
        share = f"{formats.number(100 * found.leads_share)} %"
    behind = starts([found]) or counted(found.n, "start")
    tip = f"{title}, {behind}: {proof(found)}"
    if found.leads_share is None:
        tip = tip.removesuffix(f", {led(found)}")
    evidence = "" if found.has_evidence else f"\n{NO_EVIDENCE}: the interval contains zero"
    return IntervalRow(
        label=title,
        own=Interval(found.correlation, found.low, found.high, found.has_evidence),
        rival=None,
        figures=(share,),
        note="",
        tip=f"{tip}{evidence}",
    )
