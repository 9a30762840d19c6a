"""The most memory this process has held, of its own."""

from __future__ import annotations

import re
import resource
import sys
from pathlib import Path


def peak_memory_mb() -> float:
    """Return the largest resident memory of this process in MB.

    Notes
    -----
    Linux carries ``ru_maxrss`` of the parent over into a program it starts; ``VmHWM`` begins
    again with the program.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"), re.MULTILINE)
        if found:
            return int(found[1]) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6
