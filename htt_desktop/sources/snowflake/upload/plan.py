"""What of a pack goes to the server, and under which numbers."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import htt_desktop
from htt_desktop.domain.channels import CHANNELS
from htt_desktop.domain.race import RaceKey, number_order, year_of
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.arrow_memory import spare_pandas
from htt_desktop.sources.packs.contents import SCHEMA_VERSION, PackCar, PackContents
from htt_desktop.sources.packs.pack_json import contents_to_text
from htt_desktop.sources.packs.reader import Pack
from htt_desktop.sources.snowflake.columns import FLAG

LARGEST_NUMBER = 99_999
"""What the table's VEHICLE_NUMBER holds."""

_COPIED = ("LAP", "TIMESTAMP", *(spec.column for spec in CHANNELS), FLAG)


@dataclass(frozen=True)
class CarPlan:
    """One car of an upload.

    Attributes
    ----------
    group
        Its index in the pack.
    vehicle
        Its number in the table.
    rows
        How many it brings.
    """

    car: PackCar
    group: int
    vehicle: int
    rows: int


@dataclass(frozen=True, eq=False)
class UploadPlan:
    """What of a pack is uploaded.

    Attributes
    ----------
    contents
        As the server will know the race.
    cars
        With rows, in the order of the pack.
    token
        Tells different uploads apart and is the same for a repetition.
    """

    pack: Pack
    contents: PackContents
    cars: tuple[CarPlan, ...]
    token: str

    @property
    def key(self) -> RaceKey:
        """The race."""
        return self.contents.timing.key

    @property
    def counts(self) -> Mapping[int, int]:
        """Rows by vehicle number, as the table must have them afterwards."""
        return MappingProxyType({car.vehicle: car.rows for car in self.cars})

    @property
    def rows(self) -> int:
        """Rows of all cars."""
        return sum(car.rows for car in self.cars)


def plan_upload(pack: Pack, without: Collection[str] = ()) -> UploadPlan:
    """Return what of a pack is uploaded.

    Parameters
    ----------
    without
        Printed numbers of cars to leave out.

    Raises
    ------
    SourceError
        Two cars have the same number in the table, a number is none, a car to leave out is not
        in the pack, or no car is left.
    """
    contents = pack.contents
    accepted = [car for car in contents.cars if car.refusal is None]
    unknown = set(without) - {car.entry_number for car in accepted}
    if unknown:
        raise SourceError(
            f"{pack.path} holds no car {_listed(unknown)} to leave out; it holds "
            f"{_listed(_entry(car) for car in accepted)}."
        )
    cars = tuple(
        CarPlan(car, group, _vehicle(pack, car), pack.footer.row_group(group).num_rows)
        for group, car in enumerate(accepted)
        if car.entry_number not in without
    )
    _demand_distinct(pack, cars)
    _demand_year(pack, cars)
    if not any(car.rows for car in cars):
        raise SourceError(f"{pack.path} holds no rows to upload; import the race again.")
    left = {id(car.car) for car in cars}
    kept = tuple(car for car in contents.cars if car.refusal is not None or id(car) in left)
    return UploadPlan(pack, replace(contents, cars=kept), cars, _token(pack, without))


def _vehicle(pack: Pack, car: PackCar) -> int:
    number = _entry(car)
    if not (number.isascii() and number.isdecimal()) or int(number) > LARGEST_NUMBER:
        raise SourceError(
            f"Car {number} of {pack.path} has no number that the table could hold; leave it out "
            f"with '--without {number}'."
        )
    return int(number)


def _demand_distinct(pack: Pack, cars: tuple[CarPlan, ...]) -> None:
    by_vehicle: dict[int, list[str]] = {}
    for car in cars:
        by_vehicle.setdefault(car.vehicle, []).append(_entry(car.car))
    for vehicle, numbers in by_vehicle.items():
        if len(numbers) > 1:
            raise SourceError(
                f"The cars {_listed(numbers)} of {pack.path} would both be number {vehicle} in "
                "the table and could not be told apart; leave one of them out, such as with "
                f"'--without {numbers[-1]}'."
            )


def _demand_year(pack: Pack, cars: tuple[CarPlan, ...]) -> None:
    """Refuse cars whose rows the table would take for another year's."""
    key = pack.contents.timing.key
    for car in cars:
        # The logger's clock when the race began.
        year = None if car.car.clock is None else year_of(car.car.clock.offset_s)
        if year not in {None, key.year}:
            number = _entry(car.car)
            raise SourceError(
                f"The logger clock of car {number} in {pack.path} says {year}, but the race is "
                f"{key}; the table tells years apart by that clock, so leave the car out with "
                f"'--without {number}'."
            )


def _token(pack: Pack, without: Collection[str]) -> str:
    text = "\n".join((htt_desktop.__version__, *sorted(without)))
    digest = hashlib.sha256(text.encode())
    try:
        with pack.path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise SourceError(
            f"{pack.path} cannot be read ({error.strerror}); check the name of the pack."
        ) from error
    return digest.hexdigest()[:32]


def _entry(car: PackCar) -> str:
    return car.entry_number or car.printed_number


def _listed(numbers: Iterable[str]) -> str:
    return " and ".join(sorted(numbers, key=number_order))


def rows_to_upload(plan: UploadPlan, car: CarPlan) -> io.BytesIO:
    """Return the rows of a car as a Parquet file with the table's columns.

    Raises
    ------
    SourceError
        The pack is damaged or was removed.
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    spare_pandas()
    path = plan.pack.path
    try:
        with pq.ParquetFile(path, metadata=plan.pack.footer) as file:
            read = file.read_row_group(car.group, columns=list(_COPIED))
    except (pa.ArrowException, OSError, EOFError) as error:
        raise SourceError(
            f"{path} is damaged; copy the pack again or import the race again."
        ) from error
    size = read.num_rows
    columns: dict[str, Any] = {
        "TRACK_ID": pa.repeat(pa.scalar(plan.key.track_id, pa.string()), size),
        "RACE_NUM": pa.repeat(pa.scalar(plan.key.race, pa.int32()), size),
        "VEHICLE_NUMBER": pa.repeat(pa.scalar(car.vehicle, pa.int32()), size),
        **{name: read.column(name) for name in _COPIED},
    }
    return _parquet(pa.table(columns))


def knowledge_to_upload(plan: UploadPlan, uploaded_at: datetime) -> io.BytesIO:
    """Return the one row that tells everything about the race but its rows.

    A file, not bound values: the text is longer than a statement may be.
    """
    import pyarrow as pa  # noqa: PLC0415 - see above

    spare_pandas()
    row = {
        "TRACK_ID": pa.array([plan.key.track_id]),
        "RACE_NUM": pa.array([plan.key.race], pa.int32()),
        "CONTENTS": pa.array([contents_to_text(plan.contents)]),
        "ROWS_TOTAL": pa.array([plan.rows], pa.int64()),
        "UPLOADED_AT": pa.array([uploaded_at.replace(tzinfo=None)], pa.timestamp("us")),
        "SCHEMA_VERSION": pa.array([SCHEMA_VERSION], pa.int32()),
    }
    return _parquet(pa.table(row))


def _parquet(table: Any) -> io.BytesIO:  # noqa: ANN401 - pyarrow has no types
    import pyarrow.parquet as pq  # noqa: PLC0415 - see above

    file = io.BytesIO()
    # The oldest encodings and pages: every reader knows them, unlike those of a pack.
    pq.write_table(table, file, compression="snappy", data_page_version="1.0", store_schema=False)
    file.seek(0)
    return file
