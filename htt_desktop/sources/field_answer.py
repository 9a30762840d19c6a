"""What comes of asking how the whole field drives a race."""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.domain.field_reference import FieldReference

NO_SERVER = "The field's quartiles are computed by Snowflake, and there is no connection to it."
NO_DISTANCE = (
    "The field's quartiles need lap distance and longitudinal acceleration, which the table lacks, "
    "or has for too few clean laps of this race."
)


@dataclass(frozen=True, eq=False)
class FieldAnswer:
    """The field, or why there is none.

    Attributes
    ----------
    reference
        ``None`` where there is none.
    why
        One sentence, empty when there is one.
    """

    reference: FieldReference | None
    why: str = ""
