"""The files under version control, which is what a clone has."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked_names() -> list[str]:
    """Return the names of all tracked files, from the root, with slashes."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - wherever the system keeps git
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    names = [name for name in listing.stdout.split("\0") if name]
    if not names:
        pytest.skip("needs a git checkout to know which files are tracked")
    return names
