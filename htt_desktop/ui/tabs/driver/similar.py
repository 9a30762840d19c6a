"""Drivers who drive alike, and in what they differ."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView, QLabel, QVBoxLayout, QWidget

from htt_desktop.domain.season.factor_table import FACTORS, FACTORS_BY_ID, OVERALL_WEIGHTS
from htt_desktop.domain.season.similar_drivers import Similar, similar_drivers
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats

_COUNT = 8
_WEIGHTS = ", ".join(
    f"{factor.title.lower()} {formats.number(100 * OVERALL_WEIGHTS[factor.id])} %"
    for factor in FACTORS
)
_HEADINGS = (
    Heading("no.", "Number in the season."),
    Heading("driver", "Click or press Enter to choose this driver as the rival.", is_left=True),
    Heading(
        "distance",
        "Weighted root mean square difference of the factors, in percentile points"
        f" ({_WEIGHTS}); 0 is the same driver.",
    ),
    *(
        Heading(factor.title, f"Their {factor.title.lower()} minus the driver's, points of 100.")
        for factor in FACTORS
    ),
)


class SimilarTable(RowsView):
    """The list; a click or Enter makes a driver the rival.

    Signals
    -------
    rival_chosen(object)
        Key of the driver.
    """

    rival_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.rows = RowsModel(theme)
        super().__init__(self.rows, parent)
        self.rows.setParent(self)
        self.setAccessibleName("Similar drivers")
        self.choose_rows()
        self.row_chosen.connect(self.rival_chosen)

    def show_similar(self, pair: Pair, found: tuple[Similar, ...]) -> None:
        """Fill the list."""
        had = self.rows.columnCount()
        self.rows.show_rows(_HEADINGS, [_row(pair, similar) for similar in found])
        if not had:
            header = self.horizontalHeader()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)


class SimilarSection(QWidget):
    """What is compared, in words, over the list."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")
        self.note.setContentsMargins(8, 6, 8, 6)
        self.table = SimilarTable(theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.note)
        layout.addWidget(self.table, stretch=1)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.table.rows.set_theme(theme)

    def show_pair(self, pair: Pair) -> None:
        """Show who drives most like the driver."""
        found = similar_drivers(pair.season.factors, pair.driver, _COUNT)
        self.table.show_similar(pair, found)
        self.note.setText(_note(pair, found))


def _note(pair: Pair, found: tuple[Similar, ...]) -> str:
    if not found:
        return f"{pair.driver} has too few factors to look for similar drivers."
    own = pair.season.factors[pair.driver].factors
    lacking = [factor.title.lower() for factor in FACTORS if own[factor.id].score is None]
    without = f" without {' and '.join(lacking)}, which {pair.driver} lacks," if lacking else ""
    nearest = found[0]
    differs = ""
    if nearest.differences:
        factor, gap = nearest.differences[0]
        title = FACTORS_BY_ID[factor].title.lower()
        differs = f" and differs most in {title} ({formats.signed(gap)})"
    return (
        f"Measured by the weighted distance over the factors{without} {nearest.driver} is most "
        f"similar to {pair.driver}{differs}. Press Enter or click a driver to choose the rival."
    )


def _row(pair: Pair, similar: Similar) -> Row:
    differences = dict(similar.differences)
    cells = [
        Cell(pair.number(similar.driver)),
        Cell(similar.driver, tone=Tone.COMPARED if similar.driver == pair.rival else Tone.TEXT),
        Cell(formats.number(similar.distance, 1), similar.distance),
    ]
    for factor in FACTORS:
        gap = differences.get(factor.id)
        is_most = bool(similar.differences) and similar.differences[0][0] == factor.id
        tip = "" if gap is not None else "one of the two has no score"
        if is_most:
            tip = "the largest difference"
        cells.append(Cell(formats.signed(gap), gap, Tone.TEXT if is_most else Tone.MUTED, tip))
    return Row(tuple(cells), similar.driver)
