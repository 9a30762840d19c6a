"""JSON without surprises: no NaN, no repeated keys, and errors that name file and field."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from htt_desktop.sources.errors import SourceError

T = TypeVar("T")


def parse(text: str | bytes, name: str) -> Any:  # noqa: ANN401 - JSON is any shape until checked
    """Return the value of a JSON text.

    Parameters
    ----------
    text
        The text.
    name
        File name for the sentence of an error.

    Raises
    ------
    SourceError
        The text is not JSON, holds NaN or Infinity, or repeats a key.
    """

    def no_constant(constant: str) -> NoReturn:
        message = f"{name} holds {constant}, which is not JSON; build the file again."
        raise SourceError(message)

    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            message = f"{name} gives the field {twice} twice; build the file again."
            raise SourceError(message)
        return found

    try:
        return json.loads(text, parse_constant=no_constant, object_pairs_hook=no_repeats)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        message = f"{name} is not valid JSON{where}; build or download the file again."
        raise SourceError(message) from error


def render(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON text.

    Keys keep their order; NaN is refused.

    Raises
    ------
    ValueError
        The value holds NaN or an infinity, which JSON does not know.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(
        value,
        allow_nan=False,
        ensure_ascii=False,
        indent=indent,
        separators=separators,
    )


def load(path: Path) -> Node:
    """Return the checked root of a JSON file.

    Raises
    ------
    SourceError
        The file cannot be read or is not strict JSON.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"{path} cannot be read ({reason}); check that the file is there."
        raise SourceError(message) from error
    return Node(parse(text, str(path)), str(path), "")


@dataclass(frozen=True)
class Node:
    """A value inside a JSON file that knows its place, for errors worth reading.

    Attributes
    ----------
    value
        The value as parsed.
    file
        Name of the file it came from.
    place
        Path of keys from the root, such as ``tracks.cota.loops[2]``.
    """

    value: Any
    file: str
    place: str

    def refuse(self, what: str) -> NoReturn:
        """Raise a SourceError that names file and field."""
        field = self.place or "the whole file"
        message = f"{self.file}: {field} {what}; build the file again."
        raise SourceError(message)

    def field(self, key: str) -> Node:
        """Return a member of an object."""
        place = f"{self.place}.{key}" if self.place else key
        if not isinstance(self.value, dict):
            self.refuse("must be an object")
        if key not in self.value:
            Node(None, self.file, place).refuse("is missing")
        return Node(self.value[key], self.file, place)

    def has(self, key: str) -> bool:
        """Tell whether an object has a member that is not null."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def members(self) -> dict[str, Node]:
        """Return all members of an object by key."""
        if not isinstance(self.value, dict):
            self.refuse("must be an object")
        return {key: self.field(key) for key in self.value}

    def items(self) -> list[Node]:
        """Return the items of a list."""
        if not isinstance(self.value, list):
            self.refuse("must be a list")
        return [
            Node(item, self.file, f"{self.place}[{index}]") for index, item in enumerate(self.value)
        ]

    def text(self) -> str:
        """Return a text."""
        if not isinstance(self.value, str):
            self.refuse("must be a text")
        return str(self.value)

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """Return a number between two bounds, both included."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.refuse("must be a number")
        if not low <= self.value <= high:
            self.refuse(f"is {self.value}, outside {low:g} to {high:g}")
        return float(self.value)

    def integer(self, low: float = -math.inf, high: float = math.inf) -> int:
        """Return a whole number between two bounds, both included."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.refuse("must be a whole number")
        self.number(low, high)
        return int(self.value)

    def truth(self) -> bool:
        """Return a yes or no."""
        if not isinstance(self.value, bool):
            self.refuse("must be true or false")
        return bool(self.value)

    def one_of(self, *choices: str) -> str:
        """Return a text that is one of a few."""
        if self.value not in choices:
            self.refuse(f"is {self.value!r}, not one of {', '.join(choices)}")
        return str(self.value)

    def optional(self, key: str, read: Callable[[Node], T]) -> T | None:
        """Return a member read by ``read``, or ``None`` where it is null or absent."""
        return read(self.field(key)) if self.has(key) else None
