"""The first steps of a connection test: the server's name, its port, its certificate."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from htt_desktop.sources.snowflake.abandonable_call import AbandonableCall, Deadline
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError

if TYPE_CHECKING:
    from htt_desktop.sources.profiles.connection_profile import ConnectionProfile

_CA_FILE, _CA_FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"
_PORTS = {"https": 443, "http": 80}


def address_of(profile: ConnectionProfile) -> tuple[str, int]:
    """Return host and port of a profile's server.

    Examples
    --------
    >>> from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
    >>> address_of(ConnectionProfile("team", "my_org-racing"))
    ('my-org-racing.snowflakecomputing.com', 443)
    """
    # Certificates know no underscores, and accounts in China have a domain of their own.
    ending = "cn" if ".cn-" in profile.account.lower() else "com"
    own = f"{profile.account.replace('_', '-')}.snowflakecomputing.{ending}"
    host = profile.host.strip("[]") or own
    return host, profile.port or _PORTS.get(profile.protocol, 443)


def proxy_of(profile: ConnectionProfile) -> SplitResult | None:
    """Return the proxy that the connector goes through, as environment or system set it."""
    host = address_of(profile)[0]
    if profile.protocol == "http" or proxy_bypass(host):
        return None
    known = getproxies()
    address = known.get("https") or known.get("all") or ""
    found = urlsplit(address if "://" in address else f"http://{address}")
    return found if found.hostname else None


def look_up(profile: ConnectionProfile, seconds: float, cancel: threading.Event) -> str:
    """Return the address of a server, or of the proxy on the way to it, as a sentence.

    Raises
    ------
    SnowflakeError
        The name is unknown, or nobody answers that question.
    """
    proxy = proxy_of(profile)
    host, port = address_of(profile) if proxy is None else _at(proxy)
    try:
        addresses = _waited(lambda: socket.getaddrinfo(host, port), seconds, cancel)
    except (OSError, UnicodeError):
        if proxy is not None:
            raise SnowflakeError(
                FaultKind.UNREACHABLE,
                f"The proxy {host} that this computer is set to use cannot be found; check its "
                "network settings and HTTPS_PROXY.",
            ) from None
        raise SnowflakeError(
            FaultKind.UNREACHABLE,
            f"No server named {host} can be found; check the account's name and this computer's "
            "network, VPN or DNS.",
        ) from None
    address = addresses[0][4][0]
    named = f"{host} is {address}" if address != host else f"{host} needs no look-up"
    return f"{named}." if proxy is None else f"{named}; it is this computer's proxy."


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
    trust = context or (trust_of_the_connector() if encrypted else None)

    proxy = proxy_of(profile)

    def connect() -> str:
        if trust is None:
            socket.create_connection((host, port), timeout=seconds).close()
            return ""
        line = HTTPSConnection(
            *((host, port) if proxy is None else _at(proxy)), timeout=seconds, context=trust
        )
        if proxy is not None:
            line.set_tunnel(host, port, _introduction(proxy))
        with closing(line):
            line.connect()
            return getattr(line.sock, "version", str)() or "TLS"

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
        if proxy is not None:
            raise SnowflakeError(
                FaultKind.UNREACHABLE,
                f"The proxy {_at(proxy)[0]} does not connect to {host}; ask whoever runs this "
                "network to let it through, or check HTTPS_PROXY.",
            ) from None
        raise SnowflakeError(
            FaultKind.UNREACHABLE,
            f"{host} refuses connections at port {port} ({error.strerror or 'no reason given'}); "
            "check host and port, or the firewall of this network.",
        ) from None
    if version:
        way = "" if proxy is None else " through the proxy"
        return f"Port {port} is open{way}, {version}, and the certificate is valid."
    # A usable profile speaks in the clear to this computer only.
    return f"Port {port} is open on this computer; TLS is not used there."


def trust_of_the_connector() -> ssl.SSLContext:
    """Return what the connector trusts: the system's certificates, or those the user names.

    Python adds the named ones to the system's; the connector takes them alone, so a test that
    did as Python does would call a line sound over which no login comes through.

    Raises
    ------
    SnowflakeError
        A variable names what holds no certificates.
    """
    named = {name: os.environ[name] for name in (_CA_FILE, _CA_FOLDER) if os.environ.get(name)}
    if not named:
        return ssl.create_default_context()
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    file, folder = named.get(_CA_FILE), named.get(_CA_FOLDER)
    if folder is not None and not Path(folder).is_dir():
        raise _names_none(_CA_FOLDER, folder, "it is not a folder")
    try:
        trust.load_verify_locations(file, folder)
    except ssl.SSLError:
        raise _names_none(_CA_FILE, file or "", "it holds no certificate") from None
    except OSError as error:
        raise _names_none(_CA_FILE, file or "", error.strerror or "it cannot be read") from None
    return trust


def _names_none(variable: str, value: str, reason: str) -> SnowflakeError:
    return SnowflakeError(
        FaultKind.UNREACHABLE,
        f"{variable} is set to {value}, which gives no certificates ({reason}), so no server is "
        "trusted; correct the variable or remove it.",
    )


def _at(proxy: SplitResult) -> tuple[str, int]:
    return proxy.hostname or "", proxy.port or (443 if proxy.scheme == "https" else 80)


def _introduction(proxy: SplitResult) -> dict[str, str]:
    """Return what a proxy with a password wants to hear."""
    if not proxy.username:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _waited(work: Callable[[], Any], seconds: float, cancel: threading.Event) -> Any:  # noqa: ANN401
    """Return what a call of the network brings, without waiting longer than allowed.

    Raises
    ------
    OSError, UnicodeError
        What the call raised, ``TimeoutError`` included.
    CancelledError
        ``cancel`` was set.
    """

    def run(call: AbandonableCall) -> None:
        try:
            call.report((work(), None))
        except (OSError, UnicodeError) as error:
            call.report((None, error))

    brought, error = None, None
    try:
        for brought, error in AbandonableCall(run).follow(Deadline(seconds, cancel)):  # noqa: B007
            pass
    except SnowflakeError as stopped:
        if stopped.kind is FaultKind.TIMED_OUT:
            raise TimeoutError from None
        raise
    if error is not None:
        raise error
    return brought
