"""JSON without surprises: no NaN, no repeated keys, and errors that name file and field."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from htt_desktop.sources.bounded_file import read_or_refuse
from htt_desktop.sources.errors import SourceError

T = TypeVar("T")


REBUILD = "build the file again"
"""What to do about a broken file when the reader knows nothing better."""

MOST_BYTES = 64_000_000
"""The largest file that is read; a season of laps has 2 MB, what a pack says of itself 0.1 MB."""

LARGEST = 1e15
"""No number in any of our files is further from zero; beyond it sums lose their last digit."""

MOST_CHARACTERS = 100_000
"""Of a text that knows no limit of its own."""

_SHOWN_CHARACTERS = 60

_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


def parse(
    text: str | bytes,
    name: str,
    remedy: str = REBUILD,
) -> Any:  # noqa: ANN401 - JSON is any shape until checked
    """Return the value of a JSON text.

    Parameters
    ----------
    text
        The text.
    name
        File name for the sentence of an error.
    remedy
        What the sentence says to do next.

    Raises
    ------
    SourceError
        The text is not JSON in UTF-8 without a byte order mark, holds NaN or Infinity,
        repeats a key, or is too deep or too large to be honest.
    """

    def refused(what: str) -> SourceError:
        return SourceError(f"{name} {what}; {remedy}.")

    def no_constant(constant: str) -> NoReturn:
        raise refused(f"holds {constant}, which is not JSON")

    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise refused(f"gives the field {_short(_first_repeat(pairs))} twice")
        return found

    try:
        plain = _decoded(text)
        value = json.loads(plain, parse_constant=no_constant, object_pairs_hook=no_repeats)
        if _HALF_CHARACTER.search(plain):
            render(value).encode()
    except json.JSONDecodeError as error:
        what = f"is not valid JSON (line {error.lineno})" if error.doc.strip() else "is empty"
        raise refused(what) from error
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise refused(f"is not a text in UTF-8 ({error.reason})") from error
    except RecursionError as error:
        raise refused("is nested too deeply") from error
    except ValueError as error:
        # Python refuses to read whole numbers of thousands of digits.
        raise refused("holds a number that is too long") from error
    return value


def _first_repeat(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    raise AssertionError


def _decoded(text: str | bytes) -> str:
    """Return a text as it is, bytes from plain UTF-8."""
    if isinstance(text, str):
        return text
    if text.startswith(_BYTE_ORDER_MARKS):
        raise UnicodeDecodeError("utf-8", text, 0, 2, "it begins with a byte order mark")
    return text.decode("utf-8")


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
        The file cannot be read, has more than :data:`MOST_BYTES` or is not strict JSON.
    """
    text = read_or_refuse(path, MOST_BYTES, "check that the file is there")
    return Node(parse(text, str(path)), str(path), "")


def _short(shown: str) -> str:
    """Return a value as a sentence can show it."""
    return shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}…"


@dataclass(frozen=True)
class Node:
    """A value inside a JSON file that knows its path, for errors worth reading.

    Attributes
    ----------
    value
        The value as parsed.
    file
        Name of the file it came from.
    path
        Path of keys from the root, such as ``tracks.cota.loops[2]``.
    remedy
        What an error says to do next.
    """

    value: Any
    file: str
    path: str
    remedy: str = REBUILD

    def refuse(self, what: str) -> NoReturn:
        """Raise a SourceError that names file and field."""
        field = self.path or "the whole file"
        message = f"{self.file}: {field} {what}; {self.remedy}."
        raise SourceError(message)

    def field(self, key: str) -> Node:
        """Return a member of an object."""
        path = f"{self.path}.{key}" if self.path else key
        if not isinstance(self.value, dict):
            self.refuse("must be an object")
        if key not in self.value:
            Node(None, self.file, path, self.remedy).refuse("is missing")
        return Node(self.value[key], self.file, path, self.remedy)

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
            Node(item, self.file, f"{self.path}[{index}]", self.remedy)
            for index, item in enumerate(self.value)
        ]

    def text(self, most: int = MOST_CHARACTERS) -> str:
        """Return a text of at most so many characters."""
        if not isinstance(self.value, str):
            self.refuse("must be a text")
        if len(self.value) > most:
            self.refuse(f"has {len(self.value):,} characters, more than {most:,}")
        return str(self.value)

    def number(self, low: float = -LARGEST, high: float = LARGEST) -> float:
        """Return a number between two bounds, both included."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.refuse("must be a number")
        if not low <= self.value <= high:
            self.refuse(f"is {_short(repr(self.value))}, outside {low:g} to {high:g}")
        return float(self.value)

    def integer(self, low: float = -LARGEST, high: float = LARGEST) -> int:
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
            self.refuse(f"is {_short(repr(self.value))}, not one of {', '.join(choices)}")
        return str(self.value)

    def optional(self, key: str, read: Callable[[Node], T]) -> T | None:
        """Return a member read by ``read``, or ``None`` where it is null or absent."""
        return read(self.field(key)) if self.has(key) else None
