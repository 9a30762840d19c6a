"""What a query brought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Answer:
    """Rows of a query, in Arrow's memory.

    Attributes
    ----------
    query_id
        For the server's own history.
    names
        Columns, as the server spells them.
    rows, bytes
        How many, and how much memory they take.
    server_s, client_s
        Seconds until the server was ready, and in all.
    """

    query_id: str
    names: tuple[str, ...]
    rows: int = 0
    bytes: int = 0
    server_s: float = 0.0
    client_s: float = 0.0
    _batches: list[Any] = field(default_factory=list, repr=False)

    def add(self, batch: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Take a record batch in."""
        self._batches.append(batch)
        self.rows += batch.num_rows
        self.bytes += batch.nbytes

    def drop_beyond(self, cap: int) -> bool:
        """Leave out the rows after so many, and return whether there were any."""
        excess = self.rows - cap
        while self.rows > cap:
            last = self._batches.pop()
            kept = last.slice(0, max(0, last.num_rows - (self.rows - cap)))
            self.rows -= last.num_rows
            self.bytes -= last.nbytes
            if kept.num_rows:
                self.add(kept)
        return excess > 0

    def batches(self) -> Iterator[Any]:
        """Return the record batches, each one once: what was handed over is let go."""
        self._batches.reverse()
        while self._batches:
            yield self._batches.pop()

    def tuples(self) -> list[tuple[Any, ...]]:
        """Return all rows as Python values; for small answers, and like :meth:`batches` once."""
        return [
            row
            for batch in self.batches()
            for row in zip(*(_values(column) for column in batch.columns), strict=True)
        ]


def _values(column: Any) -> list[Any]:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # As nanoseconds they would become objects of pandas, which is then loaded.
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return list(column.to_pylist())
