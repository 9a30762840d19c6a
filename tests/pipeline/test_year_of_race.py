"""Which year an imported race is of, and who is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from htt_desktop.domain.errors import TimingMismatchError
from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.pipeline.importing import of_year, year_of_race
from htt_desktop.pipeline.timing.reader import TimingReading
from htt_desktop.pipeline.timing.sheet_files import ANY_YEAR
from htt_desktop.sources.errors import SourceError

NOTHING: Mapping[str, Any] = MappingProxyType({})
UNTOLD = TimingReading(
    RaceTiming(RaceKey(ANY_YEAR, "barber", 1), NOTHING, NOTHING), (), (Path("t/a.csv"),), None, None
)


def at(year: int) -> float:
    return datetime(year, 9, 6, 18, tzinfo=UTC).timestamp()


def ms(year: int) -> int:
    return int(at(year) * 1000)


def test_that_timing_is_believed_first_then_reception_then_the_clock() -> None:
    told = replace(UNTOLD, session_utc_s=(at(2024), at(2024) + 3600))
    received = (ms(2025), ms(2025) + 1000)
    assert year_of_race(None, told, received, ms(2006)) == 2024
    assert year_of_race(None, UNTOLD, received, ms(2006)) == 2025
    assert year_of_race(None, UNTOLD, None, ms(2023)) == 2023


def test_that_the_user_is_believed_where_nothing_but_a_clock_contradicts() -> None:
    assert year_of_race(2024, UNTOLD, None, ms(2006)) == 2024
    with pytest.raises(TimingMismatchError, match=r"is of 2025.*not of 2024; correct --season"):
        year_of_race(2024, UNTOLD, (ms(2025), ms(2025)), ms(2025))


def test_that_a_clock_that_was_never_set_tells_no_year() -> None:
    with pytest.raises(SourceError, match=r"clock says 1980.*say it with --season"):
        year_of_race(None, UNTOLD, None, ms(1980))


def test_that_timing_of_any_year_becomes_timing_of_the_year() -> None:
    assert of_year(UNTOLD, 2024).timing.key == RaceKey(2024, "barber", 1)
    with pytest.raises(ValueError, match="barber R1 2024 cannot become of 2025"):
        of_year(of_year(UNTOLD, 2024), 2025)
