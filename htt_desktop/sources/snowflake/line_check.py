"""The first steps of a connection test: the server's name, its port, its certificate."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from htt_desktop.sources.snowflake.errand import Errand, Watch
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError

if TYPE_CHECKING:
    from htt_desktop.sources.connection_profile import ConnectionProfile

_PORTS = {"https": 443, "http": 80}


def address_of(profile: ConnectionProfile) -> tuple[str, int]:
    """Return host and port of a profile's server.

    Examples
    --------
    >>> from htt_desktop.sources.connection_profile import ConnectionProfile
    >>> address_of(ConnectionProfile("team", "my_org-racing"))
    ('my-org-racing.snowflakecomputing.com', 443)
    """
    # Certificates know no underscores, and accounts in China have a domain of their own.
    ending = "cn" if ".cn-" in profile.account.lower() else "com"
    own = f"{profile.account.replace('_', '-')}.snowflakecomputing.{ending}"
    host = profile.host.strip("[]") or own
    return host, profile.port or _PORTS.get(profile.protocol, 443)


def look_up(host: str, port: int, seconds: float, cancel: threading.Event) -> str:
    """Return the address of a server, as a sentence.

    Raises
    ------
    SnowflakeError
        The name is unknown, or nobody answers that question.
    """
    try:
        addresses = _waited(lambda: socket.getaddrinfo(host, port), seconds, cancel)
    except (OSError, UnicodeError):
        raise SnowflakeError(
            FaultKind.UNREACHABLE,
            f"Nobody knows a server named {host}; check the account's name and this computer's "
            "network, VPN or DNS.",
        ) from None
    address = addresses[0][4][0]
    return f"{host} is {address}." if address != host else f"{host} needs no look-up."


def reach(
    profile: ConnectionProfile,
    seconds: float,
    cancel: threading.Event,
    context: ssl.SSLContext | None = None,
) -> str:
    """Open the port, and check the certificate where the line is encrypted.

    Returns
    -------
    sentence
        How the line is protected.

    Raises
    ------
    SnowflakeError
        The port is closed or silent, or the certificate cannot be trusted.
    """
    host, port = address_of(profile)
    encrypted = profile.protocol != "http"
    trust = context or (ssl.create_default_context() if encrypted else None)

    def connect() -> str:
        with socket.create_connection((host, port), timeout=seconds) as line:
            if not encrypted or trust is None:
                return ""
            with trust.wrap_socket(line, server_hostname=host) as safe:
                return safe.version() or "TLS"

    try:
        version = _waited(connect, seconds, cancel)
    except ssl.SSLCertVerificationError as error:
        raise SnowflakeError(
            FaultKind.UNREACHABLE,
            f"The certificate of {host} is not trusted ({error.verify_message}); if this network "
            "inspects encrypted traffic, have it exempt Snowflake or use another network; also "
            "check this computer's clock.",
        ) from None
    except ssl.SSLError:
        raise SnowflakeError(
            FaultKind.UNREACHABLE,
            f"{host} speaks no TLS at port {port}; check host, port and protocol.",
        ) from None
    except TimeoutError:
        raise SnowflakeError(
            FaultKind.TIMED_OUT,
            f"{host} does not answer at port {port}; a firewall may be in between, so ask whoever "
            "runs this network to let it through.",
        ) from None
    except OSError as error:
        raise SnowflakeError(
            FaultKind.UNREACHABLE,
            f"{host} refuses connections at port {port} ({error.strerror or 'no reason given'}); "
            "check host and port, or the firewall of this network.",
        ) from None
    if version:
        return f"Port {port} is open, {version}, and the certificate is valid."
    # A usable profile speaks in the clear to this computer only.
    return f"Port {port} is open on this computer; TLS is not used there."


def _waited(work: Callable[[], Any], seconds: float, cancel: threading.Event) -> Any:  # noqa: ANN401
    """Return what a call of the network brings, without waiting longer than allowed.

    Raises
    ------
    OSError, UnicodeError
        What the call raised, ``TimeoutError`` included.
    CancelledError
        ``cancel`` was set.
    """

    def run(errand: Errand) -> None:
        try:
            errand.tell((work(), None))
        except (OSError, UnicodeError) as error:
            errand.tell((None, error))

    brought, error = None, None
    try:
        for brought, error in Errand(run).follow(Watch(seconds, cancel)):  # noqa: B007
            pass
    except SnowflakeError as stopped:
        if stopped.kind is FaultKind.TIMED_OUT:
            raise TimeoutError from None
        raise
    if error is not None:
        raise error
    return brought
