"""A comparison as a table in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from htt_desktop.domain.comparison import AlignedLap, Comparison, CornerComparison
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.lap_texts import lap_names


def print_comparison(comparison: Comparison) -> None:
    """Print both laps, the difference and the corners by time lost."""
    console = Console(highlight=False)
    console.print(comparison.key.titled(comparison.track.name))
    console.print(f"  reference  {_lap(comparison.reference)}")
    console.print(f"  compared   {_lap(comparison.compared)}")
    console.print(f"  difference {formats.signed(comparison.lap_time_delta_s, 3)} s")
    table = Table(box=None, pad_edge=False, header_style="")
    table.add_column("corner")
    names = lap_names(comparison)
    for heading in ("lost s", "band s"):
        table.add_column(heading, justify="right")
    for heading in ("brake m", "min km/h", "exit km/h"):
        table.add_column(f"{heading}\n{names[0]}", justify="right")
        table.add_column(f"\n{names[1]}", justify="right")
    for corner in sorted(comparison.corners, key=lambda item: -item.delta_s):
        table.add_row(*_row(corner))
    console.print(table)


def _lap(lap: AlignedLap) -> str:
    time = formats.lap_time(lap.lap.lap_time_s)
    name = f"{lap.entry.number} {lap.entry.driver_name}".strip()
    return f"{name}, lap {lap.lap.lap_number}, {time}, aligned by {lap.alignment.tier}"


def _row(corner: CornerComparison) -> list[str]:
    cells = [
        f"T{corner.corner.number}",
        formats.delta(corner.delta_s, corner.band_s),
        formats.band(corner.band_s),
    ]
    for pick, decimals in (
        ("braking_point_m", 0),
        ("minimum_speed_kmh", 1),
        ("exit_speed_kmh", 1),
    ):
        pair = (corner.reference, corner.compared)
        cells += [formats.number(getattr(metrics, pick), decimals) for metrics in pair]
    return cells
