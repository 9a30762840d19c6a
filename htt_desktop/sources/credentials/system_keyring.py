"""The system's keyring: which one it is, whether it may be used, and its faults in sentences."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked, NoKeyringError

from htt_desktop.sources.credentials.key_storage import KeyStorageError

_LOGGER = logging.getLogger(__name__)

NAMES = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.libsecret": "Secret Service (libsecret)",
    "keyring.backends.macOS": "macOS Keychain",
}
"""The keyrings of operating systems by module; everything else may be a plain file."""

SESSION_ONLY = "keep the key for this session only"

_NONE = (
    "This computer has no keyring that is running; on Linux start GNOME Keyring, KWallet or "
    f"another Secret Service, or {SESSION_ONLY}."
)
_LOCKED = (
    "The keyring is locked and was not opened; unlock it (log in to the desktop or answer its "
    f"prompt) and try again, or {SESSION_ONLY}."
)
_DENIED = (
    "The keyring refused access to this program; allow it in the keyring's settings and try "
    f"again, or {SESSION_ONLY}."
)

_LOCKED_ERRORS = {"LockedException", "PromptDismissedException"}
_DENIED_ERRORS = {"KeychainDenied", "SecAuthFailure"}
_GONE_ERRORS = {
    "ConnectionRefusedError",
    "FileNotFoundError",
    "InitError",
    "SecretServiceNotAvailableException",
}


def system_keyring() -> tuple[KeyringBackend | None, str]:
    """Return the system's keyring and the reason why there is none.

    Returns
    -------
    backend : KeyringBackend or None
        A keyring of the operating system.
    problem : str
        Empty, or why nothing can be kept and what to do.
    """
    try:
        chosen = keyring.get_keyring()
        # A chain would read from every keyring in it, plain files included.
        candidates = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    except Exception as error:  # noqa: BLE001 - loading foreign backends may raise anything
        _LOGGER.warning("no keyring: %s", type(error).__name__)
        return None, _NONE
    for candidate in candidates:
        if type(candidate).__module__ in NAMES:
            return _settled(candidate), ""
    first = next(iter(candidates), None)
    if first is None or type(first).__module__.startswith("keyring.backends.fail"):
        return None, _NONE
    kind = type(first)
    if kind.__module__.startswith("keyring.backends.null"):
        return None, (
            "The keyring is switched off on this computer (it is set to keep nothing); set up "
            f"the system's own, or {SESSION_ONLY}."
        )
    return None, (
        f"The keyring in use here ({kind.__module__}.{kind.__qualname__}) is not the "
        "operating system's and may keep keys in a readable file, so it is not used; set up the "
        f"system's own, or {SESSION_ONLY}."
    )


def name_of(backend: KeyringBackend | None) -> str:
    """Return what a keyring is called on screen."""
    if backend is None:
        return "none"
    return NAMES.get(type(backend).__module__, type(backend).__name__)


def _settled(backend: KeyringBackend) -> KeyringBackend:
    """Keep keys on this computer where the keyring would let them roam to others."""
    if type(backend).__module__ == "keyring.backends.Windows":
        backend.persist = "local machine"  # type: ignore[attr-defined]
    return backend


@contextmanager
def speaking_plainly(doing: str) -> Iterator[None]:
    """Turn whatever a keyring raises into a sentence.

    Keyrings raise errors of their own libraries, of D-Bus and of the system. Their words stay
    out: what was to be stored may be among them.

    Parameters
    ----------
    doing
        What was tried, such as ``keep the key``.
    """
    try:
        yield
    except KeyStorageError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        _LOGGER.warning("keyring: could not %s: %s", doing, type(error).__name__)
        raise KeyStorageError(_sentence(error, doing)) from None


def _sentence(error: Exception, doing: str) -> str:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, KeyringLocked) or kinds & _LOCKED_ERRORS:
        return _LOCKED
    if kinds & _DENIED_ERRORS:
        return _DENIED
    if isinstance(error, NoKeyringError) or kinds & _GONE_ERRORS:
        return _NONE
    return (
        f"The keyring could not {doing} ({type(error).__name__}); look at it with the system's "
        f"own program for passwords and try again, or {SESSION_ONLY}."
    )
