"""The made-up season as files that a test may damage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.tracks import Corner, TimingLoop, Track
from htt_desktop.sources.season.decode import decode_laps, decode_season
from htt_desktop.sources.season.encode import encode
from tests.made_up_season import made_up_laps, made_up_season

YEAR = "2025"

BARBER = Track(
    track_id="barber",
    name="Barber Motorsports Park",
    length_m=3674.7,
    sector_ends_m=(1030.1, 2510.2),
    trigger_after_line_m=0.0,
    loops=(TimingLoop("IM1", 1035.4, 2.1, 14), TimingLoop("IM2", 2512.0, 1.25, 13)),
    corners=(
        Corner("1", "", "L", 210.0, 300.5, 380.0, "high"),
        Corner("3A", "Bend", "R", 500.0, 560.1, 610.0, "low"),
    ),
    line_latitude_deg=33.5326522,
    line_longitude_deg=-86.6196121,
)


def whole() -> Season:
    """Return the made-up season with the geometry of one of its tracks."""
    return replace(made_up_season(), geometry={"barber": BARBER})


@dataclass
class Contents:
    """The bytes of all files, by name."""

    files: dict[str, bytes]

    def read(self) -> tuple[Season, SeasonLaps]:
        """Return season and laps as the application would read them."""
        season = decode_season(self.files, YEAR)
        return season, decode_laps(self.files["laps.json"], YEAR, season)

    def tree(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """Return a file's content as JSON values of its own."""
        return json.loads(self.files[name])

    def with_tree(self, name: str, tree: object) -> Contents:
        """Return the files with another content in one of them."""
        return self.with_bytes(name, json.dumps(tree, allow_nan=True).encode())

    def with_bytes(self, name: str, content: bytes) -> Contents:
        """Return the files with other bytes in one of them."""
        return Contents({**self.files, name: content})

    def write(self, folder: Path) -> Path:
        """Write all files and return the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return folder


def contents() -> Contents:
    """Return the files of the season."""
    return Contents(encode(whole(), made_up_laps()))


Step = str | int


def field_paths(tree: object, at: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Yield the path of every value below the root."""
    members: Any = ()
    if isinstance(tree, dict):
        members = tree.items()
    elif isinstance(tree, list):
        members = enumerate(tree)
    for key, value in members:
        yield (*at, key)
        yield from field_paths(value, (*at, key))


def at(tree: Any, path: tuple[Step, ...]) -> Any:  # noqa: ANN401 - JSON
    """Return the value at a path."""
    for step in path:
        tree = tree[step]
    return tree
