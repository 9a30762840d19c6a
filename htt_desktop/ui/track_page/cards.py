"""The calendar: a card for every track, in the order of the season."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.actions import ENTER_KEYS, KEPT_KEYS
from htt_desktop.ui.theme import GRID_PX, Theme
from htt_desktop.ui.track_page.card import CARD_PX, NARROWEST_PX, TrackCard, card_facts

_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}
_SCROLL_BAR_PX = 10


class TrackCards(QScrollArea):
    """The cards side by side; they scroll sideways where there is no room for all.

    Arrows walk from card to card, Home and End go to the ends, Enter and the space bar
    open one.

    Signals
    -------
    track_chosen(str)
        Track whose card was opened.
    """

    track_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cards: list[TrackCard] = []
        self._marked: str | None = None
        self._row = QWidget()
        self._layout = QHBoxLayout(self._row)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID_PX)
        self.setWidget(self._row)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Calendar")
        self.setFixedHeight(CARD_PX)

    @property
    def cards(self) -> tuple[TrackCard, ...]:
        """The cards in calendar order."""
        return tuple(self._cards)

    def show_season(self, season: Season) -> None:
        """Show the tracks of a season."""
        facts = [card_facts(season, track) for track in season.tracks.values()]
        while len(self._cards) > len(facts):
            card = self._cards.pop()
            self._layout.removeWidget(card)
            card.hide()
            card.deleteLater()
        for card, told in zip(self._cards, facts, strict=False):
            card.show_facts(told)
        for told in facts[len(self._cards) :]:
            card = TrackCard(self._theme, told, self._row)
            card.setProperty(KEPT_KEYS, (*_STEPS, *ENTER_KEYS, Qt.Key.Key_Home, Qt.Key.Key_End))
            card.clicked.connect(self._on_clicked)
            card.installEventFilter(self)
            self._layout.addWidget(card)
            self._cards.append(card)
        self.mark(self._marked)

    def mark(self, track_id: str | None) -> None:
        """Frame the card of the open track, and no other."""
        self._marked = track_id
        for card in self._cards:
            card.setChecked(card.facts.track_id == track_id)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for card in self._cards:
            card.set_theme(theme)

    def sizeHint(self) -> QSize:
        """Return a size at which all cards fit."""
        return QSize(self._needed_px(), CARD_PX)

    def minimumSizeHint(self) -> QSize:
        """Return a size that shows one card."""
        return QSize(NARROWEST_PX, CARD_PX)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk and open with the keys of a card, and bring a focused card into view."""
        if not isinstance(watched, TrackCard):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.FocusIn:
            self.ensureWidgetVisible(watched, GRID_PX, 0)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._takes(watched, Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """Make room for the scroll bar where the cards need it."""
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            scrolls = self._needed_px() > self.width()
            self.setFixedHeight(CARD_PX + (_SCROLL_BAR_PX if scrolls else 0))
        return done

    def _takes(self, card: TrackCard, key: Qt.Key) -> bool:
        here, last = self._cards.index(card), len(self._cards) - 1
        if key in ENTER_KEYS:
            self.track_chosen.emit(card.facts.track_id)
        elif key in _STEPS:
            self._cards[min(max(here + _STEPS[key], 0), last)].setFocus()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._cards[0 if key == Qt.Key.Key_Home else last].setFocus()
        else:
            return False
        return True

    def _needed_px(self) -> int:
        count = max(len(self._cards), 1)
        return count * NARROWEST_PX + (count - 1) * GRID_PX

    def _on_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, TrackCard):
            self.track_chosen.emit(card.facts.track_id)
