"""Whether rows that were fetched apart may be laid over one another."""

from __future__ import annotations

import hashlib

from htt_desktop.sources.pack_alignment_json import alignment_to_json
from htt_desktop.sources.pack_contents import PackContents
from htt_desktop.sources.pack_timing_json import timing_to_json
from htt_desktop.sources.strict_json import render


def timing_digest(contents: PackContents) -> str:
    """Return what tells one version of a race's official timing from another."""
    return _digest(timing_to_json(contents.timing))


def race_digest(contents: PackContents) -> str:
    """Return what tells one state of knowledge about a race from another.

    Cars of equal digests have the same official timing and the same alignment, so that they may
    come from different places. What is known about single cars does not count: it travels with
    the car.
    """
    return _digest([timing_to_json(contents.timing), alignment_to_json(contents.alignment)])


def _digest(value: object) -> str:
    return hashlib.sha256(render(value).encode()).hexdigest()
