"""The file of connection profiles: strict JSON, written whole or not at all."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from htt_desktop.sources.bounded_file import TooLargeError, read_bounded, reason_of
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.strict_json import Node, parse, render
from htt_desktop.sources.whole_file import make_private_folder, write_whole

_LOGGER = logging.getLogger(__name__)

FILE_NAME = "profiles.json"
"""Name of the file inside the folder the platform keeps for settings."""

VERSION = 1

MOST_BYTES = 1_000_000
"""A larger file is not ours."""

_REMEDY = "set the connection up again"


@dataclass(frozen=True)
class KeptProfiles:
    """What the file holds.

    Attributes
    ----------
    chosen
        Name of the profile in use, empty when none was chosen.
    profiles
        Values by field, in the order they were first saved in.
    """

    chosen: str = ""
    profiles: tuple[Mapping[str, str | int], ...] = ()


class ProfileFile:
    """Reads and writes the file.

    Parameters
    ----------
    path
        The file, which need not exist.
    numbers
        Fields that hold whole numbers.
    texts
        Fields that hold texts.
    flags
        Fields that are true or false. Any other field is not read, and so not kept.
    """

    def __init__(
        self,
        path: Path,
        texts: tuple[str, ...],
        numbers: tuple[str, ...],
        flags: tuple[str, ...] = (),
    ) -> None:
        self._path = path
        self._texts = texts
        self._numbers = numbers
        self._flags = flags
        self._untouchable = ""
        self.problem = ""

    def read(self) -> KeptProfiles:
        """Return what the file holds; nothing where it is missing, damaged or unreadable.

        :attr:`problem` tells of the last damage. A damaged file is set aside with the ending
        ``.damaged``.
        """
        self._untouchable = ""
        try:
            raw = read_bounded(self._path, MOST_BYTES)
        except FileNotFoundError:
            return KeptProfiles()
        except TooLargeError as error:
            self._set_aside(SourceError(f"{self._path} is {reason_of(error)}."))
            return KeptProfiles()
        except OSError as error:
            self._untouchable = self.problem = (
                f"The connection profiles in {self._path} cannot be read ({reason_of(error)}); "
                "check that you may read the file."
            )
            return KeptProfiles()
        try:
            root = Node(parse(raw, str(self._path), _REMEDY), str(self._path), "", _REMEDY)
            if root.field("version").integer(1) > VERSION:
                self._untouchable = self.problem = (
                    f"The connection profiles in {self._path} were written by a newer version of "
                    "this program; use that one, or move the file away."
                )
                return KeptProfiles()
            return self._kept(root)
        except SourceError as error:
            self._set_aside(error)
            return KeptProfiles()

    def write(self, kept: KeptProfiles) -> None:
        """Write the file.

        Raises
        ------
        SourceError
            It cannot be written, or what is there must not be overwritten.
        """
        if self._untouchable:
            raise SourceError(self._untouchable)
        try:
            make_private_folder(self._path.parent)
        except OSError as error:
            raise SourceError(
                f"{self._path.parent} cannot be made ({error.strerror}); check that you may write "
                "there.",
            ) from error
        profiles = [dict(values) for values in kept.profiles]
        content = {"version": VERSION, "chosen": kept.chosen, "profiles": profiles}
        write_whole(self._path, render(content, indent=2) + "\n", private=True)

    def _kept(self, root: Node) -> KeptProfiles:
        return KeptProfiles(
            root.field("chosen").text(),
            tuple(self._values(node) for node in root.field("profiles").items()),
        )

    def _values(self, node: Node) -> Mapping[str, str | int]:
        values: dict[str, str | int] = {"name": node.field("name").text()}
        values |= {key: node.field(key).text() for key in self._texts if node.has(key)}
        values |= {key: node.field(key).integer() for key in self._numbers if node.has(key)}
        values |= {key: node.field(key).truth() for key in self._flags if node.has(key)}
        return values

    def _set_aside(self, error: SourceError) -> None:
        aside = self._path.with_name(f"{self._path.name}.damaged")
        try:
            os.replace(self._path, aside)  # noqa: PTH105 - Path.replace reads backwards here
            became = f"It was set aside as {aside.name}"
        except OSError:
            self._untouchable = str(error)
            became = "It could not be set aside"
        self.problem = f"The connection profiles are damaged: {error} {became}."
        _LOGGER.warning("%s", self.problem)
