"""What a kind of sheet must have, and what is missed when it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from htt_desktop.pipeline.timing.sheet_text import REMEDY


@dataclass(frozen=True)
class Kind:
    """What a sheet is there for.

    Attributes
    ----------
    demanded
        Columns without which it is no such sheet.
    advice
        What to say about a file without them, after the missing column.
    expected
        Columns whose absence is noted.
    filled
        Columns that are noted when no row says anything in them.
    number
        Column of the car's number.
    aliases
        Names of the same columns in another spelling of the sheet.
    """

    demanded: tuple[str, ...]
    advice: str
    expected: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    number: str = "NUMBER"
    aliases: Mapping[str, str] = field(default_factory=dict)


def kind_of(
    title: str,
    *demanded: str,
    expected: tuple[str, ...] = (),
    filled: tuple[str, ...] = (),
) -> Kind:
    """Return the kind of a sheet that can be left out if it is none."""
    return Kind(
        demanded,
        f", so it is not a {title}; {REMEDY}, or move it out of the folder",
        expected,
        filled,
    )
