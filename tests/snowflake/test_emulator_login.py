"""Whom the emulator lets in: it checks the token as the real server does."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import time
from typing import Any

import pytest
import snowflake.connector
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from snowflake.connector.errors import DatabaseError

from tests.patience import PATIENCE_S
from tests.snowflake.emulator import ACCOUNT, LOADER, USER, Emulator, KeyPair, connect_arguments

Arguments = dict[str, Any]


def refusal(arguments: Arguments) -> DatabaseError:
    """Return the error of a login that must fail."""
    with pytest.raises(DatabaseError) as caught:
        snowflake.connector.connect(**arguments)
    return caught.value


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(keys: KeyPair, *, header: str = "RS256", **changes: Any) -> str:  # noqa: ANN401
    """Return a signed token; ``changes`` replace its claims."""
    der = keys.key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    fingerprint = base64.b64encode(hashlib.sha256(der).digest()).decode()
    now = int(time.time())
    claims = {
        "iss": f"{ACCOUNT}.{USER}.SHA256:{fingerprint}",
        "sub": f"{ACCOUNT}.{USER}",
        "iat": now,
        "exp": now + 60,
        **changes,
    }
    parts = ({"alg": header, "typ": "JWT"}, claims)
    text = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    signature = keys.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{encoded(signature)}"


def code_for(server: Emulator, jwt: str, user: str = USER) -> str | None:
    """Return the number with which the server answers a login with a token."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    names = {"ACCOUNT_NAME": ACCOUNT, "LOGIN_NAME": user, "AUTHENTICATOR": "SNOWFLAKE_JWT"}
    body = json.dumps({"data": {**names, "TOKEN": jwt}})
    connection.request("POST", "/session/v1/login-request?roleName=HTT_READER", body)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    code: str | None = answer["code"]
    assert answer["success"] == (code is None)
    return code


def test_that_the_registered_key_logs_in(snowflake_server: Emulator, arguments: Arguments) -> None:
    with snowflake.connector.connect(**arguments):
        (session,) = snowflake_server.seen().sessions
        assert (session["user"], session["role"]) == (USER, "HTT_READER")
    assert snowflake_server.seen().sessions == []


def test_that_a_key_of_nobody_is_refused(
    snowflake_server: Emulator, other_key_pair: KeyPair
) -> None:
    error = refusal(connect_arguments(snowflake_server, other_key_pair))
    assert (error.errno, error.sqlstate) == (390144, "28000")


def test_that_the_key_of_another_user_is_refused(
    snowflake_server: Emulator, arguments: Arguments, other_key_pair: KeyPair
) -> None:
    snowflake_server.forget_keys(LOADER)
    snowflake_server.register(LOADER, other_key_pair.public_pem)
    assert refusal({**arguments, "user": LOADER}).errno == 390144


def test_that_a_key_taken_away_is_refused(snowflake_server: Emulator, arguments: Arguments) -> None:
    snowflake_server.forget_keys(USER)
    assert refusal(arguments).errno == 390144


def test_that_a_token_out_of_time_is_refused(
    snowflake_server: Emulator, arguments: Arguments
) -> None:
    snowflake_server.set_clock_ahead(3600)
    assert refusal(arguments).errno == 390144
    snowflake_server.set_clock_ahead(-3600)
    assert refusal(arguments).errno == 390144


def test_that_a_token_signed_as_it_should_be_passes(
    snowflake_server: Emulator, key_pair: KeyPair
) -> None:
    assert code_for(snowflake_server, token(key_pair)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": f"{ACCOUNT}.{USER}.SHA256:AAAA"},
        {"sub": f"{ACCOUNT}.{LOADER}"},
        {"sub": f"OTHER.{USER}"},
        {"exp": 1_000_000_000},
        {"iat": 1_000_000_000},
        {"iat": 4_000_000_000, "exp": 4_000_000_060},
        {"exp": None},
    ],
)
def test_that_a_token_with_a_wrong_claim_is_refused(
    snowflake_server: Emulator, key_pair: KeyPair, changes: dict[str, Any]
) -> None:
    assert code_for(snowflake_server, token(key_pair, **changes)) == "390144"


def test_that_a_signature_by_another_key_is_refused(
    snowflake_server: Emulator, key_pair: KeyPair, other_key_pair: KeyPair
) -> None:
    right, forged = token(key_pair).split("."), token(other_key_pair).split(".")
    assert code_for(snowflake_server, ".".join((*right[:2], forged[2]))) == "390144"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512"])
def test_that_only_rs256_counts(
    snowflake_server: Emulator, key_pair: KeyPair, algorithm: str
) -> None:
    assert code_for(snowflake_server, token(key_pair, header=algorithm)) == "390144"


@pytest.mark.parametrize("rubbish", ["", "a.b.c", "no token at all", "e30.e30.e30"])
def test_that_what_is_no_token_is_refused(snowflake_server: Emulator, rubbish: str) -> None:
    assert code_for(snowflake_server, rubbish) == "390144"


def test_that_a_user_may_have_two_keys_while_they_are_changed(
    snowflake_server: Emulator, arguments: Arguments, other_key_pair: KeyPair
) -> None:
    snowflake_server.register(USER, other_key_pair.public_pem)
    for keys in (arguments["private_key"], other_key_pair.der):
        snowflake.connector.connect(**{**arguments, "private_key": keys}).close()


def test_that_a_small_key_is_not_registered(snowflake_server: Emulator) -> None:
    with pytest.raises(RuntimeError, match="rejected"):
        snowflake_server.register(USER, KeyPair.make(1024).public_pem)


def test_that_an_unknown_role_is_refused(arguments: Arguments) -> None:
    error = refusal({**arguments, "role": "NOBODY"})
    assert error.errno == 390189
    assert "Role 'NOBODY'" in str(error)


def test_that_a_missing_warehouse_shows_in_the_first_query(
    arguments: Arguments, telemetry_table: int
) -> None:
    with snowflake.connector.connect(**{**arguments, "warehouse": "NOWHERE"}) as connection:
        with pytest.raises(DatabaseError) as caught:
            connection.cursor().execute("SELECT COUNT(*) FROM TELEMETRY_DATA_ALL")
        assert caught.value.errno == 606


def test_that_a_missing_database_shows_in_the_first_query(arguments: Arguments) -> None:
    with snowflake.connector.connect(**arguments) as connection:
        with pytest.raises(DatabaseError) as caught:
            connection.cursor().execute("SELECT COUNT(*) FROM TELEMETRY_DATA_ALL")
        assert caught.value.errno == 90105
