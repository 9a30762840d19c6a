"""Make a Python environment for one purpose: run, test, lint, bench or bundle.

Usage: ``python3 requirements/setup_environment.py PURPOSE``

It needs Python 3.11 or newer and a package index, nothing else. It brings the installer
``uv`` into ``.tools``, installs exactly the versions of the lock files beside this script,
installs the project itself so that edits take effect at once, and sees to the system
libraries that Qt needs on Linux. When nothing has changed since the last time it says
nothing and ends at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import qt_libraries
from pip_settings import uv_settings

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
TOOLS = ROOT / ".tools"
BASE = ("runtime", "build")

EMULATOR = (".tools/emulator", ("emulator",))
"""What the Snowflake server of the tests runs on; the project itself is not in it."""

LOCKS_OF = {
    "run": ((".venv", BASE),),
    "test": ((".venv", (*BASE, "test")), EMULATOR),
    "lint": ((".venv", (*BASE, "test", "lint")),),
    # On their own, so that nothing they bring can hide an import the project does not declare.
    "bench": ((".tools/bench", (*BASE, "test", "bench")), EMULATOR),
    "bundle": ((".tools/bundle", (*BASE, "bundle")),),
}
"""Per purpose: where each of its environments lies and which lock files fill it."""


class SetupError(Exception):
    """The environment cannot be made; the sentence says why and what to do."""


def main(arguments: list[str]) -> int:
    """Make the environment and return the exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs on whatever the user has
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
        return 1
    if len(arguments) != 1 or arguments[0] not in LOCKS_OF:
        print(f"Usage: setup_environment.py {{{'|'.join(LOCKS_OF)}}}")
        return 2
    try:
        _make(arguments[0])
    except SetupError as error:
        print(error)
        return 1
    return 0


def _make(purpose: str) -> None:
    for folder, locks in LOCKS_OF[purpose]:
        _make_one(ROOT / folder, locks)
    own = ROOT / LOCKS_OF[purpose][0][0]
    if not qt_libraries.see_to_them(_python(own), TOOLS / "qt-libraries.txt"):
        raise SetupError(
            "The Python packages are in place; Qt itself waits for what is named above."
        )


def _make_one(environment: Path, locks: tuple[str, ...]) -> None:
    stamp = environment / "locks.json"
    present = _read_stamp(stamp)
    project = set(BASE) <= set(locks)
    if present and not _python_of(environment, "-c", "import htt_desktop" if project else ""):
        present = {}
    wanted = _digests({*locks, *present.get("locks", {})}, project=project)
    if present != wanted:
        stamp.unlink(missing_ok=True)
        keep = present.get("project") == wanted["project"]
        _fill(environment, sorted(wanted["locks"]), keep=keep, project=project)
        stamp.write_text(json.dumps(wanted, indent=1), encoding="utf-8")


def _digests(locks: set[str], *, project: bool) -> dict[str, dict[str, str]]:
    """Return what an environment depends on: any difference means installing again."""
    files = {lock: LOCKS / f"{lock}.txt" for lock in locks}
    settings = {"settings": _sha256(ROOT / "pyproject.toml")} if project else {}
    return {
        "locks": {lock: _sha256(path) for lock, path in sorted(files.items())},
        "project": {"folder": str(ROOT), "python": sys.version, **settings},
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_stamp(stamp: Path) -> dict[str, dict[str, str]]:
    try:
        content = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _fill(environment: Path, locks: list[str], *, keep: bool, project: bool) -> None:
    """Install the locked packages and the project; ``keep`` a sound environment's rest."""
    uv = _uv()
    settings = uv_settings(_python(TOOLS / "uv"))
    if not keep:
        print(f"Making {environment.relative_to(ROOT)} with Python {sys.version.split()[0]} …")
        shutil.rmtree(environment, ignore_errors=True)
        base = getattr(sys, "_base_executable", sys.executable)
        _run([uv, "venv", "--quiet", "--python", base, str(environment)], settings)
    print(f"Installing the locked packages ({', '.join(locks)}) …")
    into = ["--python", str(_python(environment))]
    files = [str(LOCKS / f"{lock}.txt") for lock in locks]
    _run([uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", *into, *files],
         settings)  # fmt: skip
    if project:
        itself = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
        _run([uv, "pip", "install", "--quiet", *into, *itself], settings)


def _uv() -> str:
    """Return the private ``uv``, installing it when it is missing or of another version."""
    home = TOOLS / "uv"
    program = home / ("Scripts/uv.exe" if os.name == "nt" else "bin/uv")
    stamp = home / "lock.txt"
    lock = LOCKS / "tools.txt"
    if program.is_file() and stamp.is_file() and stamp.read_bytes() == lock.read_bytes():
        return str(program)
    print("Bringing the installer uv into .tools …")
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("ensurepip") is None:
        # Debian keeps it in a package of its own.
        what = "Python's venv module"
        if not qt_libraries.install_or_name(["python3-venv"], what):
            message = f"Nothing is set up yet, since {what} is missing."
            raise SetupError(message)
    _run([sys.executable, "-m", "venv", str(home)])
    pip = [str(_python(home)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)])
    stamp.write_bytes(lock.read_bytes())
    return str(program)


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _python_of(environment: Path, *arguments: str) -> bool:
    """Return whether the environment's Python exists and runs this without complaint."""
    try:
        answer = subprocess.run(
            [_python(environment), *arguments], check=False, capture_output=True
        )
    except OSError:
        return False
    return answer.returncode == 0


def _run(command: list[str], settings: dict[str, str] | None = None) -> None:
    environment = {**os.environ, **(settings or {})}
    answer = subprocess.run(command, check=False, env=environment, cwd=ROOT)
    if answer.returncode != 0:
        name = Path(command[0]).name
        message = (
            f"{name} {command[1]} {command[2]} failed (exit code {answer.returncode}); its own "
            "words are above. Mend the cause, for instance the network, and run this again."
        )
        raise SetupError(message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
