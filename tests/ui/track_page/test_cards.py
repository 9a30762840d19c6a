"""The calendar as cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.track_records import SeasonTrack
from htt_desktop.ui.theme import DARK, LIGHT
from htt_desktop.ui.track_page.card import CARD_PX, NOTHING_STANDS_OUT, card_facts
from htt_desktop.ui.track_page.cards import TrackCards

OnScreen = Callable[[QWidget, int, int], None]


@pytest.fixture
def cards(on_screen: OnScreen, real_season: Season) -> TrackCards:
    made = TrackCards(DARK)
    on_screen(made, 1584, CARD_PX)
    made.show_season(real_season)
    QApplication.processEvents()
    return made


def with_track(season: Season, track: SeasonTrack) -> Season:
    return replace(season, tracks={**season.tracks, track.id: track})


def test_that_a_card_tells_the_facts_of_the_weekend(cards: TrackCards) -> None:
    assert [card.facts.name for card in cards.cards] == [
        "Sonoma",
        "COTA",
        "Sebring",
        "VIR",
        "Road America",
        "Barber",
        "Indianapolis",
    ]
    barber = cards.cards[5].facts
    assert (barber.geometry, barber.dates) == ("3.67 km · 17 corners", "6–7 Sep")
    assert [line.winner[0] for line in barber.races] == [
        "R1 #13 Westin Workman",
        "R2 #13 Westin Workman",
    ]
    told = (" °C, no rain measured", " °C, rain")
    assert all(line.weather[0].endswith(told) for line in barber.races)
    assert (barber.decided, barber.starts) == ("No factor stands out", "22 drivers, 43 starts")
    assert "ρ" not in barber.spoken
    cota = cards.cards[1].facts
    assert (cota.decided, cota.starts) == ("Speed went with the finish", "30 drivers, 50 starts")
    assert "finish ρ 0.92, 95 % from 0." in cota.spoken
    for card in cards.cards:
        assert card.facts.starts in card.texts
        assert not [text for text in card.texts if "ρ" in text]


def test_that_seven_cards_fit_from_1280_pixels_without_cutting_a_winner(
    cards: TrackCards,
) -> None:
    for width in (1584, 1264):
        cards.resize(width, cards.height())
        QApplication.processEvents()
        assert cards.horizontalScrollBar().maximum() == 0
        assert cards.height() == CARD_PX
        for card in cards.cards:
            assert card.width() <= width / 7
            assert not [text for text in card.texts if text.endswith("…")]
            assert {card.facts.dates, card.facts.months} & set(card.texts)
    assert "Aug" in cards.cards[4].texts


def test_that_cards_scroll_where_there_is_no_room(cards: TrackCards) -> None:
    cards.resize(700, cards.height())
    QApplication.processEvents()

    assert cards.horizontalScrollBar().maximum() > 0
    assert cards.height() > CARD_PX
    cards.cards[0].setFocus()
    QTest.keyClick(cards.cards[0], Qt.Key.Key_End)
    assert cards.horizontalScrollBar().value() == cards.horizontalScrollBar().maximum()


def test_that_arrows_walk_and_enter_opens(cards: TrackCards, qtbot: QtBot) -> None:
    cards.cards[0].setFocus()
    QTest.keyClick(cards.cards[0], Qt.Key.Key_Right)
    QTest.keyClick(cards.cards[1], Qt.Key.Key_Right)
    assert cards.cards[2].hasFocus()
    QTest.keyClick(cards.cards[2], Qt.Key.Key_Left)
    with qtbot.waitSignal(cards.track_chosen) as chosen:
        QTest.keyClick(cards.cards[1], Qt.Key.Key_Return)
    assert chosen.args == ["cota"]
    QTest.keyClick(cards.cards[1], Qt.Key.Key_Home)
    QTest.keyClick(cards.cards[0], Qt.Key.Key_Left)
    assert cards.cards[0].hasFocus()


@pytest.mark.parametrize("how", ["click", "space"])
def test_that_a_click_or_the_space_bar_opens(cards: TrackCards, qtbot: QtBot, how: str) -> None:
    card = cards.cards[3]
    with qtbot.waitSignal(cards.track_chosen) as chosen:
        if how == "click":
            QTest.mouseClick(card, Qt.MouseButton.LeftButton)
        else:
            QTest.keyClick(card, Qt.Key.Key_Space)
    assert chosen.args == ["vir"]
    # The mark follows the page that opens, not the click.
    assert not card.isChecked()


def test_that_only_the_open_track_is_marked(cards: TrackCards, real_season: Season) -> None:
    cards.mark("vir")
    assert [card.isChecked() for card in cards.cards] == [False] * 3 + [True] + [False] * 3
    cards.show_season(real_season)
    assert cards.cards[3].isChecked()
    cards.mark(None)
    assert not any(card.isChecked() for card in cards.cards)


def test_that_another_season_may_have_other_tracks(
    cards: TrackCards, season: Season, real_season: Season
) -> None:
    cards.show_season(season)
    assert [card.facts.name for card in cards.cards] == ["Sonoma", "Barber"]
    cards.show_season(real_season)
    assert len(cards.cards) == 7
    cards.set_theme(LIGHT)
    cards.grab()


def test_that_gaps_are_shown_as_gaps(season: Season) -> None:
    track = season.tracks["barber"]
    races = tuple(replace(race, winner=None, date=None, weather=None) for race in track.races)
    facts = card_facts(season, replace(track, races=races, decided_by=()))

    assert [line.forms for line in facts.races] == [(("R1 –", "–"),), (("R2 –", "–"),)]
    assert (facts.dates, facts.decided, facts.starts) == ("", NOTHING_STANDS_OUT, "")


def test_that_only_a_factor_that_leads_is_named(season: Season) -> None:
    track = season.tracks["barber"]
    speed, consistency, *_ = track.decided_by
    facts = card_facts(season, track)
    assert (facts.decided, facts.decided_short) == ("Speed went with the finish", "Speed led")
    assert facts.stands_out
    assert facts.spoken.endswith(
        "; Speed went with the finish (6 drivers, 11 starts); rank correlation with the finish"
        " ρ 0.80, 95 % from 0.50 to 0.95, strongest of the four in 97 % of 1,000 random draws of"
        " drivers"
    )
    unsure = replace(speed, has_evidence=False)
    # A better score that finished behind went against the finish, not with it.
    against = replace(speed, correlation=-0.6, low=-0.8, high=-0.2)
    often = replace(speed, leads_share=0.89)
    for other in (unsure, against, often):
        facts = card_facts(season, replace(track, decided_by=(other, consistency)))
        assert (facts.decided, facts.stands_out) == (NOTHING_STANDS_OUT, False)
        assert facts.starts == "6 drivers, 11 starts"


def test_that_a_season_file_of_an_earlier_version_names_no_factor(season: Season) -> None:
    """Its four correlations were made on different starts and cannot be compared."""
    track = season.tracks["barber"]
    older = tuple(replace(one, n_drivers=None, leads_share=None) for one in track.decided_by)
    facts = card_facts(season, replace(track, decided_by=older))
    assert (facts.decided, facts.starts) == (NOTHING_STANDS_OUT, "")


def test_that_the_absence_of_rain_is_not_called_dry(season: Season) -> None:
    line = card_facts(season, season.tracks["sonoma"]).races[0]
    assert line.weather == ("18 °C, no rain measured", "18 °C")


def test_that_rain_is_never_left_out(season: Season) -> None:
    track = season.tracks["sonoma"]
    weather = track.races[0].weather
    assert weather is not None
    wet = replace(track.races[0], weather=replace(weather, has_rain=True))
    line = card_facts(season, replace(track, races=(wet,))).races[0]

    assert line.weather == ("18 °C, rain", "18 °C, rain")
