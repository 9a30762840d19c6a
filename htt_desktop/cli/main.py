"""``htt``: the command line. Only the command that was asked for is loaded."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import typer

from htt_desktop import __version__

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Command:
    """Where a command or a group of commands lives, and its line in the help."""

    name: str
    module: str
    attribute: str
    line: str
    is_group: bool = False


_COMMANDS = (
    _Command("compare", "compare", "compare", "Compare two laps and say where the time is."),
    _Command("validate", "validate", "validate", "Measure how far the alignment is off."),
    _Command("accuracy", "validate", "accuracy", "Write the accuracy page of the documentation."),
    _Command("render", "render", "render", "Draw the window with two laps into a picture."),
    _Command("telemetry", "telemetry", "telemetry_app", "Import logger files.", is_group=True),
    _Command("doctor", "doctor.command", "doctor", "Look for what keeps the program from working."),
    _Command("snowflake", "snowflake", "snowflake_app", "SQL for the server.", is_group=True),
    _Command("season", "season", "season_app", "Build and check a season.", is_group=True),
    _Command("data", "telemetry", "data_app", "Build the bundled data.", is_group=True),
)


def build(wanted: str | None) -> typer.Typer:
    """Return the command line with one command loaded and the others known by name."""
    app = typer.Typer(
        name="htt",
        help="Two-driver telemetry comparison for the Toyota GR Cup.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    for command in _COMMANDS:
        if command.name != wanted:
            app.command(command.name, help=command.line)(_not_loaded)
            continue
        target = getattr(importlib.import_module(f"htt_desktop.cli.{command.module}"),
                         command.attribute)  # fmt: skip
        if command.is_group:
            app.add_typer(target, name=command.name, help=command.line)
        else:
            app.command(command.name, help=command.line)(target)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``htt``; every foreseen error ends in one sentence and its own exit code."""
    from htt_desktop.sources.packs.arrow_memory import use_system_memory
    from htt_desktop.wiring.streams import prepare_streams

    prepare_streams()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the application
    use_system_memory()
    words = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((word for word in words if not word.startswith("-")), None)
    sys.exit(_guarded(lambda: build(wanted)(args=words, prog_name="htt")))


def _guarded(run: Callable[[], object]) -> int:
    from htt_desktop.domain.errors import DomainError
    from htt_desktop.sources.errors import SourceError
    from htt_desktop.wiring.exit_codes import BUG, OK, SOURCE, exit_code_for
    from htt_desktop.wiring.streams import FULL, leave_output

    try:
        try:
            run()
        finally:
            sys.stdout.flush()
    except (DomainError, SourceError) as error:
        print(error, file=sys.stderr)
        return exit_code_for(error)
    except OSError as error:
        leave_output()
        if isinstance(error, BrokenPipeError):
            return SOURCE  # whoever read our output has enough of it
        if error.errno not in FULL:
            _log_fault(error)
            return BUG
        print("The output could not be written: there is no room; free some.", file=sys.stderr)
        return SOURCE
    except Exception as error:  # noqa: BLE001 - the edge: a sentence here, the rest in the log
        _log_fault(error)
        return BUG
    return OK


def _log_fault(error: Exception) -> None:
    from platformdirs import user_log_path

    from htt_desktop.wiring.log_file import start_log

    folder = user_log_path("htt-desktop", appauthor=False)
    start_log(folder)
    _LOGGER.error("unexpected %s", type(error).__name__, exc_info=error)
    print(
        f"htt met an internal fault ({type(error).__name__}: {error}); "
        f"please report it with the log in {folder}.",
        file=sys.stderr,
    )


def _print_version(is_asked: bool) -> None:
    if is_asked:
        print(__version__)
        raise typer.Exit


def _root(
    version: bool = typer.Option(
        # Without a callback of its own the missing command would be complained about first.
        False,
        "--version",
        help="Print the version.",
        is_eager=True,
        callback=_print_version,
    ),
) -> None:
    """Take what stands before the command."""


def _not_loaded() -> None:
    """Stand in for a command in the help."""


if __name__ == "__main__":
    main()
