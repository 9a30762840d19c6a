"""The field from the table to the screen: computed by the server, kept here, behind the traces."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pytestqt.qtbot import QtBot

from htt_desktop.domain.channels import SPEC_OF, Channel
from htt_desktop.domain.field_reference import BIN_M, FieldReference
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.cache.field_store import FieldStore
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.snowflake.field_reference import LARGEST_STEP_M, LARGEST_STRETCH
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tabs.improve.tab import ImproveTab
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.ui.window.tab import TabParts, TabSlot
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.patience import PATIENCE_MS
from tests.snowflake.emulator import Emulator, KeyPair
from tests.snowflake.sessions import session_of, wait_until

NOBODY = threading.Event()
KEY = RaceKey(2025, "indianapolis", 1)
PAIR = (LapChoice("7"), LapChoice("47"))
LARGE = 1 << 30
FIELD = "PERCENTILE_CONT"


@dataclass
class Laptop:
    """A computer with a cache folder and, until it is unplugged, a connection.

    Attributes
    ----------
    sessions
        Every connection that was made.
    """

    emulator: Emulator
    keys: KeyPair
    packs: PackTelemetry
    tracks: Mapping[str, Track]
    folder: Path
    sessions: list[SnowflakeSession]

    def cache(self) -> TelemetryCache:
        """Return the cache as a new start of the program finds it."""
        return TelemetryCache(self.folder / "cache", LARGE)

    def store(self) -> FieldStore:
        """Return the fields over a connection of their own."""
        session = session_of(self.emulator, self.keys, limits=TimeLimits())
        self.sessions.append(session)
        server = SnowflakeTelemetry(session, self.tracks, Knowledge(contents=self.packs.contents))
        return FieldStore(self.cache(), self.tracks, server, session.close)

    def unplugged(self) -> FieldStore:
        """Return the fields without a connection."""
        return FieldStore(self.cache(), self.tracks)

    def field_queries(self) -> list[str]:
        """Return the ids of the field queries that the server saw."""
        return [q["query_id"] for q in self.emulator.seen().queries if FIELD in q["sql"]]

    def is_field_asked_for(self) -> bool:
        """Return whether the server is at work on a field."""
        return bool(set(self.field_queries()) & set(self.emulator.seen().running))

    def fields_aborted(self) -> int:
        """Return how many field queries were aborted."""
        aborted = {abort["query_id"] for abort in self.emulator.seen().aborts}
        return len(aborted & set(self.field_queries()))


@pytest.fixture
def laptop(
    snowflake_server: Emulator, key_pair: KeyPair, data_dir: Path, tmp_path: Path
) -> Iterator[Laptop]:
    packs = PackTelemetry(data_dir / "packs")
    laptop = Laptop(snowflake_server, key_pair, packs, load_tracks(data_dir), tmp_path, [])
    snowflake_server.load_parquet(data_dir / "packs" / "indianapolis_r1.parquet")
    yield laptop
    snowflake_server.clear_faults()
    for session in laptop.sessions:
        session.close()


def field_of(store: FieldStore, *, fresh: bool = False) -> FieldReference:
    answer = store.answer(KEY, NOBODY, fresh=fresh)
    assert answer.reference is not None, answer.why
    return answer.reference


def quartiles(
    pack: Path, laps: set[tuple[int, int]], lags_s: Mapping[int, float], length_m: float
) -> dict[str, FloatArray]:
    """Return the three quartiles per stretch of 5 m, computed from the rows without SQL."""
    names = [
        SPEC_OF[channel].column for channel in (Channel.SPEED, Channel.BRAKE_FRONT, Channel.PEDAL)
    ]
    table = pq.read_table(
        pack, columns=["VEHICLE_NUMBER", "LAP", "TIMESTAMP", "LAPTRIGGER_LAPDIST_DLS", *names]
    ).to_pydict()
    column = {name: np.array(values, dtype=object) for name, values in table.items()}
    labels = np.array(list(zip(column["VEHICLE_NUMBER"], column["LAP"], strict=True)))
    binned: dict[str, list[FloatArray]] = {name: [] for name in ("bin", "speed bin", *names)}
    for vehicle, lap in laps:
        rows = np.flatnonzero((labels == (vehicle, lap)).all(axis=1))
        rows = rows[np.argsort(column["TIMESTAMP"][rows].astype("datetime64[us]"), kind="stable")]
        distance_m = column["LAPTRIGGER_LAPDIST_DLS"][rows].astype(np.float64)
        known = np.flatnonzero(np.isfinite(distance_m))
        lap_m = distance_m[known].max()
        if abs(lap_m - length_m) > LARGEST_STRETCH * length_m:
            continue
        count = np.arange(rows.size)
        before = np.searchsorted(known, count, side="right") - 1
        after = np.searchsorted(known, count, side="left")
        inside = (before >= 0) & (after < known.size)
        first, last = known[before[inside]], known[after[inside]]
        step_m = distance_m[last] - distance_m[first]
        share = (count[inside] - first) / np.maximum(last - first, 1)
        usable = (step_m >= 0) & (step_m <= LARGEST_STEP_M)
        at_m = (distance_m[first] + step_m * share)[usable]
        binned["bin"].append(np.floor(at_m / lap_m * (length_m / BIN_M)))
        speed_mps = column["SPEED"][rows][inside][usable].astype(np.float64) / 3.6
        driven_m = (at_m - speed_mps * lags_s[vehicle]) % lap_m
        speed_bin = np.floor(driven_m / lap_m * (length_m / BIN_M))
        binned["speed bin"].append(speed_bin)
        for name in names:
            binned[name].append(column[name][rows][inside][usable].astype(np.float64))
    whole = {name: np.concatenate(parts) for name, parts in binned.items()}
    found = {}
    for name in names:
        spread = np.full((3, int(np.ceil(length_m / BIN_M))), np.nan)
        for index in range(spread.shape[1]):
            bins = whole["speed bin" if name == "SPEED" else "bin"]
            values = whole[name][(bins == index) & np.isfinite(whole[name])]
            if values.size:
                spread[:, index] = np.quantile(values, (0.25, 0.5, 0.75))
        found[name] = spread
    return found


def test_that_the_band_is_the_quartiles_of_the_rows_and_costs_one_query(
    laptop: Laptop, data_dir: Path
) -> None:
    field = field_of(laptop.store())
    (query,) = [query for query in laptop.emulator.seen().queries if FIELD in query["sql"]]
    values = [query["bindings"][str(n)]["value"] for n in range(3, len(query["bindings"]) - 2)]
    pairs = [(int(first), float(second)) for first, second in zip(*[iter(values)] * 2, strict=True)]
    laps = {(vehicle, int(lap)) for vehicle, lap in pairs if lap >= 1}
    lags_s = {vehicle: lag_s for vehicle, lag_s in pairs if lag_s < 1}
    assert field.cars == len({vehicle for vehicle, _ in laps}) > 3
    assert len(laps) >= field.laps > 20
    length_m = laptop.tracks["indianapolis"].length_m
    expected = quartiles(data_dir / "packs" / "indianapolis_r1.parquet", laps, lags_s, length_m)
    assert len(expected) == len(field.bands) == 3
    for channel, band in field.bands.items():
        ours = np.array((band.q25, band.median, band.q75))
        theirs = expected[SPEC_OF[channel].column]
        shown = np.isfinite(ours)
        assert shown.mean() > 0.99
        np.testing.assert_allclose(ours[shown], theirs[shown], rtol=0, atol=1e-6)


def test_that_the_field_is_there_without_the_server_once_it_was_told(laptop: Laptop) -> None:
    assert laptop.unplugged().answer(KEY, NOBODY).reference is None
    told = field_of(laptop.store())
    kept = field_of(laptop.unplugged())
    assert (kept.laps, kept.cars) == (told.laps, told.cars)
    np.testing.assert_array_equal(kept.distance_m, told.distance_m)
    for channel, band in told.bands.items():
        for name in ("q25", "median", "q75"):
            ours = getattr(kept.bands[channel], name)
            np.testing.assert_allclose(ours, getattr(band, name), rtol=0, atol=1e-6)
    field_of(laptop.store())
    assert len(laptop.field_queries()) == 1
    field_of(laptop.store(), fresh=True)
    assert len(laptop.field_queries()) == 2


@pytest.fixture
def tab(qtbot: QtBot, laptop: Laptop) -> Iterator[ImproveTab]:
    """Return the Improve tab of a window that takes rows from packs and fields from the server."""
    loader = TelemetryLoader(
        lambda: Comparer(laptop.packs, laptop.tracks), make_fields=laptop.store
    )
    desktop = Desktop(Settings(laptop.folder / "settings.json"), loader, laptop.tracks)
    made: list[ImproveTab] = []

    def make(parts: TabParts) -> ImproveTab:
        made.append(ImproveTab(parts))
        return made[0]

    def slots(parts: TabParts) -> list[TabSlot]:
        return [TabSlot("Improve", partial(make, parts))]

    with qtbot.waitSignal(loader.loaded):
        desktop.open(Selection(KEY, *PAIR), slots, "Improve")
        desktop.fill()
    yield made[0]
    assert desktop.shutdown(PATIENCE_MS)
    desktop.window.close()
    desktop.window.deleteLater()


def test_that_the_band_comes_behind_a_comparison_that_is_on_screen(
    qtbot: QtBot, tab: ImproveTab, laptop: Laptop
) -> None:
    stack = tab.page.stack
    assert stack.field is None
    qtbot.waitUntil(lambda: stack.field is not None)
    rows = stack.visible_rows()
    assert rows is not None
    assert "speed km/h field median" in rows.headings
    assert len(laptop.field_queries()) == 1
    # The field's connection is there only while something is asked.
    wait_until(lambda: not laptop.emulator.seen().sessions, "the end of the connection")


def test_that_comparisons_neither_wait_for_the_field_nor_end_it(
    qtbot: QtBot, tab: ImproveTab, laptop: Laptop
) -> None:
    laptop.emulator.fault("query", "slow", seconds=3, matching=FIELD)
    qtbot.waitUntil(laptop.is_field_asked_for)
    loader = tab._loader
    for lap in (5, 6, 7):
        with qtbot.waitSignal(loader.loaded):
            loader.compare(KEY, LapChoice("7", lap), LapChoice("47"))
    stack = tab.page.stack
    assert stack.field is None
    qtbot.waitUntil(lambda: stack.field is not None)
    assert len(laptop.field_queries()) == 1
    assert laptop.fields_aborted() == 0


def test_that_closing_the_window_aborts_the_query_of_the_field(
    qtbot: QtBot, tab: ImproveTab, laptop: Laptop
) -> None:
    laptop.emulator.fault("query", "slow", seconds=600, matching=FIELD)
    qtbot.waitUntil(laptop.is_field_asked_for)
    assert tab._loader.shutdown(PATIENCE_MS)
    wait_until(lambda: not laptop.emulator.seen().running, "the end of the query")
    assert laptop.fields_aborted() == 1


def test_that_a_refused_field_leaves_the_comparison_alone_and_says_why(
    qtbot: QtBot, tab: ImproveTab, laptop: Laptop
) -> None:
    laptop.emulator.fault("query", "refuse", code=1003, message="As ordered.", times=None)
    stack = tab.page.stack
    qtbot.waitUntil(lambda: "requested" not in stack.why_no_field)
    assert stack.field is None
    assert stack.why_no_field
    assert not tab.page.busy.isVisible()
