"""Splitting and joining, whatever is put in."""

from __future__ import annotations

import base64
import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.sources.credentials import system_keyring as entries
from tests.keyring.credential_manager import MOST_BYTES

secrets_of_any_length = st.binary(min_size=1, max_size=6000)


def digest(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


@given(secrets_of_any_length)
def test_that_what_was_split_joins_again(secret: bytes) -> None:
    parts = entries.split_secret(secret)
    assert entries.joined_secret(parts, digest(secret)) == secret
    assert len(parts) <= entries.MOST_PARTS
    assert all(0 < len(part.encode("utf-16-le")) <= MOST_BYTES for part in parts)


@given(secrets_of_any_length, st.data())
def test_that_a_part_missing_cut_or_exchanged_never_joins(
    secret: bytes, data: st.DataObject
) -> None:
    parts: list[str | None] = list(entries.split_secret(secret))
    index = data.draw(st.integers(0, len(parts) - 1))
    part = parts[index] or ""
    parts[index] = data.draw(
        st.one_of(
            st.none(),
            st.just(part[:-1]),
            st.just(part + "A"),
            st.text(max_size=1300).filter(lambda text: text != part),
            st.binary(max_size=900)
            .map(lambda other: base64.b64encode(other).decode())
            .filter(lambda text: text != part),
        )
    )
    assert entries.joined_secret(parts, digest(secret)) is None


@given(secrets_of_any_length, secrets_of_any_length)
def test_that_parts_of_two_keys_never_join(one: bytes, two: bytes) -> None:
    mixed = [*entries.split_secret(one)[:1], *entries.split_secret(two)[1:]]
    joined = entries.joined_secret(mixed, digest(one))
    assert joined in {None, one}


@given(st.text(max_size=400))
def test_that_nonsense_in_a_manifest_or_journal_is_no_manifest_and_no_error(text: str) -> None:
    assert entries.manifest_from(text) is None
    assert isinstance(entries.journal_from(text), list)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3),
    ),
    st.sampled_from(
        ["version", "sequence", "generation", "parts", "sha256", "fingerprint", "created"]
    ),
)
def test_that_a_head_with_a_wrong_field_is_never_used_wrongly(value: object, field: str) -> None:
    good = entries.Manifest(3, "00c0ffee00c0ffee", 2, "ab", "SHA256:x", "2026-01-02T03:04:05+00:00")
    raw = json.loads(good.text())
    raw[field] = value
    manifest = entries.manifest_from(json.dumps(raw))
    if manifest is not None:
        assert isinstance(manifest.generation, str)
        assert type(manifest.sequence) is int
        assert type(manifest.parts) is int
        assert 0 < manifest.parts <= entries.MOST_PARTS
        assert entries.created_of(manifest).tzinfo is not None


def test_that_heads_and_diaries_fit_into_an_entry() -> None:
    manifest = entries.Manifest(
        10**9, "f" * 16, 8, "0" * 64, "SHA256:" + "x" * 44, "2026-01-02T03:04:05+00:00"
    )
    journal = entries.journal_text([entries.new_generation() for _ in range(500)])
    for text in (manifest.text(), journal):
        assert len(text.encode("utf-16-le")) <= MOST_BYTES
    assert entries.manifest_from(manifest.text()) == manifest
    assert len(entries.journal_from(journal)) == entries.JOURNAL_LENGTH


def test_that_every_entry_has_a_service_of_its_own() -> None:
    # Two entries under one service make keyring shuffle them about on Windows.
    addresses = [
        entries.manifest_entry("Team", "a"),
        entries.manifest_entry("Team", "b"),
        entries.journal_entry("Team"),
        *(entries.part_entry("Team", "00c0ffee", index) for index in range(8)),
    ]
    assert len({address.service for address in addresses}) == len(addresses)
