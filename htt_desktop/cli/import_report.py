"""The report at the end of an import: what was found in each car and what was done to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rich import box
from rich.console import Console
from rich.table import Table

from htt_desktop.domain.channels import SPEC_OF
from htt_desktop.domain.counted import counted
from htt_desktop.domain.lap_rules import lap_statuses
from htt_desktop.pipeline.importing import ImportReport
from htt_desktop.sources.packs.contents import PackCar, PackContents

_UNREAD = {
    "without_vehicle": "rows without a car",
    "without_time": "rows without a time stamp",
    "unknown_channel": "samples of unknown channels",
}


def print_report(console: Console, report: ImportReport) -> None:
    """Print accepted cars, refused cars, and what happened to the rows."""
    contents = report.contents
    key = contents.timing.key
    accepted = [car for car in contents.cars if car.refusal is None]
    refused = [car for car in contents.cars if car.refusal is not None]
    console.print(_laps_table(contents, accepted))
    console.print(_rows_table(accepted))
    for car in accepted:
        for note in _findings(car):
            _line(console, f"  {car.vehicle_id}: {note}")
    if refused:
        console.print(f"Refused: {len(refused)} of {len(contents.cars)} cars", style="yellow")
        for car in refused:
            sentence = "" if car.refusal is None else car.refusal.sentence
            _line(console, f"  {car.vehicle_id}: {sentence}")
    for note in contents.timing_notes:
        _line(console, f"  timing: {note}")
    for name, text in _UNREAD.items():
        if contents.counts.get(name):
            _line(console, f"  {contents.counts[name]:,} {text}")
    size_kb = report.path.stat().st_size / 1e3
    _line(
        console,
        f"{key}: {contents.counts['rows']:,} rows read, "
        f"{counted(len(accepted), 'car')} with {sum(report.rows.values()):,} time stamps written "
        f"to {report.path} ({size_kb:,.0f} kB)",
    )


def _line(console: Console, text: str) -> None:
    """Print plain text that the terminal may wrap but scripts get whole."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _laps_table(contents: PackContents, cars: list[PackCar]) -> Table:
    table = Table("car", "driver", "laps", "usable", "not usable because", box=box.SIMPLE)
    for car in cars:
        number = car.entry_number or ""
        statuses = lap_statuses(contents.timing.laps[number], car.covers)
        found = [status for status in statuses if status.cover is not None]
        reasons = Counter(str(reason) for status in found for reason in status.exclusions)
        table.add_row(
            f"#{number}",
            contents.timing.entries[number].driver_name,
            f"{len(found)} of {len(statuses)}",
            str(sum(status.is_clean for status in found)),
            ", ".join(f"{reason} ({n})" for reason, n in reasons.most_common()) or "–",
        )
    return table


def _rows_table(cars: list[PackCar]) -> Table:
    table = Table(
        "car",
        "vehicle",
        "clock offset s",
        "± ms",
        "of",
        "samples",
        "rows",
        box=box.SIMPLE,
        caption="± spread of the single crossings around the offset, of how many crossings",
        caption_justify="left",
    )
    for column in table.columns:
        column.no_wrap = True
    for column in table.columns[2:]:
        column.justify = "right"
    for car in cars:
        if car.clock is None:
            continue
        table.add_row(
            f"#{car.entry_number}",
            car.vehicle_id,
            f"{car.clock.offset_s:.3f}",
            f"{car.clock.spread_ms:.0f}",
            str(car.clock.crossings),
            f"{car.counts['samples']:,}",
            f"{car.counts['rows']:,}",
        )
    return table


def _dropped(counts: Mapping[str, int]) -> str:
    out_of_range = sum(n for name, n in counts.items() if name.startswith("out_of_range"))
    parts = {
        "repeated": counts["repeated"],
        "overlapping": counts["overlapping"],
        "out of range": out_of_range,
        "empty": counts["empty"],
    }
    return ", ".join(f"{n:,} {reason}" for reason, n in parts.items() if n)


def _findings(car: PackCar) -> list[str]:
    """Return what the reader of a comparison should know about a car."""
    found = []
    if car.identity is not None:
        if car.identity.corrected:
            found.append(
                f"number {car.printed_number} corrected to #{car.entry_number} "
                f"({car.identity.evidence})",
            )
        if car.identity.lap_offset:
            found.append(f"logger lap = official lap + {car.identity.lap_offset}")
    for channel, correction in car.corrections.items():
        if correction.changes_anything:
            done = [
                *(["turned round"] if correction.sign < 0 else []),
                *([f"bias {correction.bias_g:+.2f} g taken out"] if correction.bias_g else []),
            ]
            found.append(
                f"{SPEC_OF[channel].label} accelerometer {', '.join(done)} "
                f"(r = {correction.correlation:.2f} over {correction.samples:,} samples)",
            )
    if car.counts["moved"]:
        found.append(
            f"{car.counts['moved']:,} samples with equal time stamps moved to an empty slot"
        )
    if dropped := _dropped(car.counts):
        found.append(f"samples dropped: {dropped}")
    if car.counts["without_lap"]:
        found.append(
            f"{car.counts['without_lap']:,} rows from before the lap counter started were kept"
        )
    return found
