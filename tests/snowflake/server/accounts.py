# mypy: disable-error-code="import-not-found"
"""Who may log in: public keys of users, and what roles may do.

The token of a key pair login is checked as Snowflake documents it: an RS256 JSON web token
whose issuer is ``ACCOUNT.USER.SHA256:fingerprint`` of a registered RSA public key, whose
subject is ``ACCOUNT.USER``, which that key signed and whose time has not run out.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.snowflake.server.answers import Refused

LONGEST_LIFE_S = 3600
LEEWAY_S = 5
"""Snowflake takes tokens of an hour at most; clocks may differ a little."""

READ_ROLE, WRITE_ROLE = "HTT_READER", "HTT_LOADER"


@dataclass
class Role:
    """What a role is allowed: to read, to change rows and files, to create objects."""

    read: bool = True
    write: bool = False
    create: bool = False


@dataclass
class Accounts:
    """Users with their keys, roles and warehouses; ``ahead_s`` is how fast the clock goes."""

    keys: dict[str, dict[str, rsa.RSAPublicKey]] = field(default_factory=dict)
    roles: dict[str, Role] = field(
        default_factory=lambda: {
            "ACCOUNTADMIN": Role(write=True, create=True),
            READ_ROLE: Role(),
            WRITE_ROLE: Role(write=True, create=True),
        }
    )
    warehouses: set[str] = field(default_factory=lambda: {"COMPUTE_WH"})
    ahead_s: float = 0.0

    def reset(self) -> None:
        """Be as new."""
        self.__dict__.update(Accounts().__dict__)

    def register(self, user: str, public_key: str) -> str:
        """Give a user a public key and return its fingerprint.

        The key is PEM, or its body alone as ``ALTER USER … SET RSA_PUBLIC_KEY`` takes it.
        """
        body = re.sub(r"-----[^-]*-----|\s", "", public_key)
        key = serialization.load_der_public_key(base64.b64decode(body))
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
            raise Refused("001003", "New public key rejected by current policy.", "42601")
        self.keys.setdefault(user.upper(), {})[_fingerprint(key)] = key
        return _fingerprint(key)

    def verify(self, account: str, user: str, token: str) -> None:
        """Let a login pass, or refuse it with 390144."""
        name = f"{account.upper()}.{user.upper()}"
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss", "")
            subject, _, fingerprint = issuer.rpartition(".")
            key = self.keys.get(user.upper(), {}).get(fingerprint)
            if subject != name or key is None:
                raise Refused("390144", "JWT token is invalid.")
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=issuer,
                subject=name,
                options={
                    "require": ["exp", "iat", "iss", "sub"],
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            self._demand_fresh(claims)
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise Refused("390144", "JWT token is invalid.") from error

    def _demand_fresh(self, claims: dict[str, Any]) -> None:
        """PyJWT takes the machine's clock; this server's may be set ahead."""
        now = time.time() + self.ahead_s
        issued, expires = float(claims["iat"]), float(claims["exp"])
        if not (now < expires + LEEWAY_S and issued < now + LEEWAY_S):
            raise Refused("390144", "JWT token is invalid.")
        if expires - issued > LONGEST_LIFE_S:
            raise Refused("390144", "JWT token is invalid.")


def _fingerprint(key: rsa.RSAPublicKey) -> str:
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"SHA256:{base64.b64encode(hashlib.sha256(der).digest()).decode()}"
