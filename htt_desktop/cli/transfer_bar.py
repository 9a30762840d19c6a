"""The progress bar of downloads and uploads, on the error stream of a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def transfer_bar(behind_rows: str) -> Iterator[Progress]:
    """Yield a bar that counts rows; it shows nothing where nobody looks.

    Parameters
    ----------
    behind_rows
        What follows the count, with fields of the task as rich spells them.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(behind_rows),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    ) as bar:
        yield bar
