"""What the doctor looks at in the data that came with the program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from htt_desktop.cli.doctor_findings import Finding, broken, ok
from htt_desktop.sources.errors import SourceError
from htt_desktop.ui.ordinals import counted


def packs() -> Iterator[Finding]:
    """Open every bundled pack."""
    from htt_desktop.sources.bundled import data_dir
    from htt_desktop.sources.packs import PACK_SUFFIX

    folder = data_dir() / "packs"
    files = sorted(folder.glob(f"*{PACK_SUFFIX}"))
    if not files:
        yield broken("packs", f"{folder} holds no telemetry packs; install the program again.")
    for file in files:
        yield _pack(file)


def _pack(file: Path) -> Finding:
    from htt_desktop.sources.pack_reader import open_pack

    name = f"pack {file.name}"
    try:
        pack = open_pack(file)
        accepted = [car for car in pack.contents.cars if car.refusal is None]
        # The checksum of a whole file says that the file is the same, reading it that it is whole.
        for car in accepted:
            pack.read_rows(car)
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except SourceError as error:
        return broken(name, str(error))
    except OSError as error:
        return broken(name, f"{file} cannot be read ({error.strerror}); install the program again.")
    key = pack.contents.timing.key
    return ok(
        name,
        f"{key}, {counted(len(accepted), 'car')}, {pack.footer.num_rows:,} rows, SHA-256 {digest}",
    )


def seasons() -> Iterator[Finding]:
    """Read every bundled season."""
    from htt_desktop.sources.season.files import (
        bundled_seasons,
        read_laps,
        read_season,
        season_digest,
    )

    found = bundled_seasons()
    if not found:
        yield broken("seasons", "There is no bundled season; install the program again.")
    for year, folder in found.items():
        name = f"season {year}"
        try:
            season = read_season(folder)
            read_laps(folder, season)
            digests = season_digest(folder)
        except SourceError as error:
            yield broken(name, str(error))
            continue
        yield ok(name, f"{folder}, {len(season.drivers)} drivers")
        for file, digest in digests.items():
            yield ok(name, f"{file} SHA-256 {digest}")
