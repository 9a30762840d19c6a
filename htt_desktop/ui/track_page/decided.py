"""What went with the finish at a track: all four factors with their intervals."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.factor_table import FACTORS_BY_ID
from htt_desktop.domain.season.track_records import Decisive, SeasonTrack
from htt_desktop.ui import formats
from htt_desktop.ui.season_charts.interval_facts import (
    NO_EVIDENCE,
    Interval,
    IntervalFrame,
    IntervalRow,
)
from htt_desktop.ui.season_charts.interval_rows import IntervalRows
from htt_desktop.ui.theme import Theme

_FRAME = IntervalFrame(
    sides=("◀ better score, worse finish", "better score, better finish ▶"),
    short_sides=("◀ worse finish", "better finish ▶"),
    headings=("ρ", "n"),
    short_headings=("ρ", "n"),
    note="95 % interval, grey: no evidence",
    reach=1.0,
    empty="No race here says what decided the finish.",
)


class DecidedChart(IntervalRows):
    """Spearman's ρ between each factor and the finish, with its 95 % interval."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "What decided the finish", _FRAME, parent)

    def show_track(self, track: SeasonTrack) -> None:
        """Show a track, the strongest factor first."""
        self.show_rows([_row(found) for found in track.decided_by])


def _row(found: Decisive) -> IntervalRow:
    title = FACTORS_BY_ID[found.factor].title
    if found.correlation is None or found.low is None or found.high is None:
        tip = f"{title}: too few cars to tell, n {found.n}"
        return IntervalRow(title, None, None, (formats.MISSING, str(found.n)), NO_EVIDENCE, tip)
    rho = formats.number(found.correlation, 2)
    low, high = formats.number(found.low, 2), formats.number(found.high, 2)
    evidence = "" if found.has_evidence else f"\n{NO_EVIDENCE}: the interval contains zero"
    return IntervalRow(
        label=title,
        own=Interval(found.correlation, found.low, found.high, found.has_evidence),
        rival=None,
        figures=(rho, str(found.n)),
        note="",
        tip=f"{title}: ρ {rho}, 95 % from {low} to {high}, n {found.n}{evidence}",
    )
