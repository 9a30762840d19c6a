"""The one table of commands: menu, tooltips, key sheet and palette are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from PySide6.QtGui import QKeySequence


class Group(StrEnum):
    """Headings of the menu and the key sheet."""

    CURSOR = "Cursor"
    LAPS = "Laps"
    ZOOM = "Zoom"
    PANELS = "Panels"
    FILE = "File"
    WINDOW = "Window"


class CommandId(Enum):
    """Everything the keyboard, the menu and the palette can ask for."""

    CURSOR_LEFT = auto()
    CURSOR_RIGHT = auto()
    CURSOR_LEFT_FAR = auto()
    CURSOR_RIGHT_FAR = auto()
    PREVIOUS_CORNER = auto()
    NEXT_CORNER = auto()
    SECOND_CURSOR = auto()
    REZERO = auto()
    PREVIOUS_LAP = auto()
    NEXT_LAP = auto()
    PREVIOUS_REFERENCE_LAP = auto()
    NEXT_REFERENCE_LAP = auto()
    FASTEST_LAP = auto()
    FASTEST_OF_BOTH = auto()
    SWAP = auto()
    NUDGE = auto()
    LOAD = auto()
    CANCEL = auto()
    ZOOM_IN = auto()
    ZOOM_OUT = auto()
    ZOOM_LAP = auto()
    ZOOM_ALL = auto()
    ZOOM_BACK = auto()
    ZOOM_FORWARD = auto()
    AXIS = auto()
    DELTA_PANEL = auto()
    DIFFERENCE = auto()
    OVERLAP = auto()
    GRID = auto()
    FIELD_BAND = auto()
    MAP = auto()
    HIDE_PANEL = auto()
    PANEL_UP = auto()
    PANEL_DOWN = auto()
    EXPAND_1 = auto()
    EXPAND_2 = auto()
    EXPAND_3 = auto()
    EXPAND_4 = auto()
    EXPAND_5 = auto()
    EXPAND_6 = auto()
    EXPAND_7 = auto()
    EXPAND_8 = auto()
    EXPAND_9 = auto()
    DASHBOARD = auto()
    DRIVER = auto()
    IMPROVE = auto()
    NEXT_TAB = auto()
    PALETTE = auto()
    FIND_DRIVER = auto()
    EXPORT = auto()
    COPY = auto()
    RELOAD_SEASON = auto()
    SEASON_FOLDER = auto()
    CONNECTION = auto()
    QUERY_HISTORY = auto()
    DOWNLOAD_PACK = auto()
    UPLOAD_PACKS = auto()
    SETTINGS = auto()
    THEME = auto()
    UNITS = auto()
    FULL_PAGE = auto()
    KEYS = auto()
    QUIT = auto()


EXPAND = (
    CommandId.EXPAND_1, CommandId.EXPAND_2, CommandId.EXPAND_3,
    CommandId.EXPAND_4, CommandId.EXPAND_5, CommandId.EXPAND_6,
    CommandId.EXPAND_7, CommandId.EXPAND_8, CommandId.EXPAND_9,
)  # fmt: skip
"""Commands that expand the first to the ninth panel."""


@dataclass(frozen=True)
class Command:
    """One row of the table.

    Attributes
    ----------
    keys
        Key sequences in Qt's portable spelling, the first one leading.
    needs_laps
        Without a comparison on screen there is nothing it could do.
    repeats
        Holding the key repeats it.
    """

    id: CommandId
    group: Group
    text: str
    keys: tuple[str, ...] = ()
    needs_laps: bool = True
    repeats: bool = False

    @property
    def key_text(self) -> str:
        """Keys for people, empty when there are none."""
        return " or ".join(readable_key(key) for key in self.keys)

    @property
    def tool_tip(self) -> str:
        """Text with keys in brackets."""
        return f"{self.text} ({self.key_text})" if self.keys else self.text


def readable_key(key: str) -> str:
    """Return a portable key sequence as people read it.

    Examples
    --------
    >>> readable_key("Ctrl+Left"), readable_key("-"), readable_key("Shift+N")
    ('Ctrl+←', '−', 'Shift+N')
    """
    sequence = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
    for name, sign in (("Left", "←"), ("Right", "→"), ("Up", "↑"), ("Down", "↓")):
        sequence = sequence.replace(name, sign)
    return "−" if sequence == "-" else sequence


def _cursor(command: CommandId, text: str, *keys: str, repeats: bool = True) -> Command:
    return Command(command, Group.CURSOR, text, keys, repeats=repeats)


def _laps(command: CommandId, text: str, *keys: str) -> Command:
    return Command(command, Group.LAPS, text, keys)


def _zoom(command: CommandId, text: str, *keys: str, repeats: bool = False) -> Command:
    return Command(command, Group.ZOOM, text, keys, repeats=repeats)


def _panels(command: CommandId, text: str, *keys: str) -> Command:
    return Command(command, Group.PANELS, text, keys)


def _file(command: CommandId, text: str, *keys: str, needs_laps: bool = False) -> Command:
    return Command(command, Group.FILE, text, keys, needs_laps=needs_laps)


def _window(command: CommandId, text: str, *keys: str, needs_laps: bool = False) -> Command:
    return Command(command, Group.WINDOW, text, keys, needs_laps=needs_laps)


COMMANDS: tuple[Command, ...] = (
    _cursor(CommandId.CURSOR_LEFT, "Cursor one step back", "Left"),
    _cursor(CommandId.CURSOR_RIGHT, "Cursor one step on", "Right"),
    _cursor(CommandId.CURSOR_LEFT_FAR, "Cursor ten steps back", "Shift+Left"),
    _cursor(CommandId.CURSOR_RIGHT_FAR, "Cursor ten steps on", "Shift+Right"),
    _cursor(CommandId.PREVIOUS_CORNER, "Cursor to the previous corner", "Ctrl+Left"),
    _cursor(CommandId.NEXT_CORNER, "Cursor to the next corner", "Ctrl+Right"),
    _cursor(CommandId.SECOND_CURSOR, "Set or clear the second cursor", "Space", "R", repeats=False),
    _cursor(CommandId.REZERO, "Set the delta to zero here, or undo it", "0", repeats=False),
    _laps(CommandId.PREVIOUS_LAP, "Previous clean lap of the compared car; previous driver", "P"),
    _laps(CommandId.NEXT_LAP, "Next clean lap of the compared car; next driver", "N"),
    _laps(
        CommandId.PREVIOUS_REFERENCE_LAP,
        "Previous clean lap of the reference; previous rival",
        "Shift+P",
    ),
    _laps(CommandId.NEXT_REFERENCE_LAP, "Next clean lap of the reference; next rival", "Shift+N"),
    _laps(CommandId.FASTEST_LAP, "Fastest clean lap of the compared driver", "F"),
    _laps(CommandId.FASTEST_OF_BOTH, "Fastest clean laps of both drivers", "Shift+F"),
    _laps(CommandId.SWAP, "Swap reference and compared, driver and rival", "S"),
    _laps(CommandId.NUDGE, "Nudge the compared lap along the track", "F4"),
    Command(CommandId.LOAD, Group.LAPS, "Load the chosen laps again", ("Ctrl+R",), False),
    Command(CommandId.CANCEL, Group.LAPS, "Cancel loading, close what is open", ("Esc",), False),
    _zoom(CommandId.ZOOM_IN, "Zoom in", "+", "=", repeats=True),
    _zoom(CommandId.ZOOM_OUT, "Zoom out", "-", repeats=True),
    _zoom(CommandId.ZOOM_LAP, "Show the whole lap, panels as they are", "L"),
    _zoom(CommandId.ZOOM_ALL, "Show all: the whole lap, every panel", "A"),
    _zoom(CommandId.ZOOM_BACK, "Back to the previous zoom", "Ctrl+Z"),
    _zoom(CommandId.ZOOM_FORWARD, "Forward to the next zoom", "Ctrl+Y"),
    _zoom(CommandId.AXIS, "Over lap distance or over time", "K"),
    _panels(CommandId.DELTA_PANEL, "Show or hide the delta panel", "F3"),
    _panels(CommandId.DIFFERENCE, "Difference of the selected channel", "D"),
    _panels(CommandId.OVERLAP, "Panels tiled or overlapped", "X"),
    _panels(CommandId.GRID, "Grid on or off", "G"),
    _panels(
        CommandId.FIELD_BAND, "Show or hide the quartiles of the whole field behind the traces", "B"
    ),
    _panels(CommandId.MAP, "Show or hide the track map", "M"),
    _panels(CommandId.HIDE_PANEL, "Hide the selected panel", "H"),
    _panels(CommandId.PANEL_UP, "Move the selected panel up", "Alt+Up"),
    _panels(CommandId.PANEL_DOWN, "Move the selected panel down", "Alt+Down"),
    *(
        _panels(command, f"Expand panel {place}, or back", str(place))
        for place, command in enumerate(EXPAND, start=1)
    ),
    _file(CommandId.EXPORT, "Export what is shown", "Ctrl+E", needs_laps=True),
    _file(CommandId.COPY, "Copy the table as CSV", "Ctrl+C"),
    _file(CommandId.SEASON_FOLDER, "Open a folder with season files", "Ctrl+O"),
    _file(CommandId.RELOAD_SEASON, "Read the season files again", "Ctrl+Shift+R"),
    _file(CommandId.CONNECTION, "Connection to Snowflake", "Ctrl+Shift+C"),
    _file(CommandId.QUERY_HISTORY, "Query history", "Ctrl+Shift+Q"),
    _file(CommandId.DOWNLOAD_PACK, "Download race packs", "Ctrl+Shift+D"),
    _file(CommandId.UPLOAD_PACKS, "Upload race packs", "Ctrl+Shift+U"),
    _window(CommandId.DASHBOARD, "Dashboard: the season", "Ctrl+1"),
    _window(CommandId.DRIVER, "Driver: one driver's season", "Ctrl+2"),
    _window(CommandId.IMPROVE, "Improve: two laps overlaid", "Ctrl+3"),
    _window(CommandId.NEXT_TAB, "Next tab", "Ctrl+Tab"),
    _window(CommandId.PALETTE, "Find a driver, track or command", "Ctrl+K"),
    _window(CommandId.FIND_DRIVER, "Find a driver of the season", "Ctrl+F"),
    _window(CommandId.SETTINGS, "Settings", "F5"),
    _window(CommandId.THEME, "Dark or light theme"),
    _window(CommandId.UNITS, "Kilometres and metres, or miles and feet", "U"),
    _window(CommandId.FULL_PAGE, "Full page", "F11"),
    _window(CommandId.KEYS, "All keys", "F1", "?"),
    _window(CommandId.QUIT, "Quit", "Ctrl+Q"),
)
"""Every command, in the order of menu and key sheet."""

COMMAND_OF: dict[CommandId, Command] = {command.id: command for command in COMMANDS}
"""Row of the table by command."""
