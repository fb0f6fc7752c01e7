"""Signed requests: known answers, the window, and replays."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from streambot.core.errors import ConfigError
from streambot.platforms import signature as module
from streambot.platforms.signature import Verifier, signature, signed_headers, signing_secret

SECRET = b"s3cre77890ab-s3cre77890ab"
ID = "e76c6bd4-55c9-4987-8304-da1588d8988b"
NOW = 1_795_000_000.0
BODY = '{"text":"ราคาเท่าไหร่"}'.encode()
# printf '%s' 'ID.1795000000.BODY' | openssl dgst -sha256 -hmac SECRET
KNOWN = "sha256=4ccfc577aaaff637a5d8c96bb40001682bdd38c611f8c9da0a581bc772b32a15"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def headers(request_id=ID, at=NOW, body=BODY, secret=SECRET) -> CIMultiDict[str]:
    return CIMultiDict(signed_headers(secret, request_id, at, body))


def test_a_signature_is_what_openssl_says_it_is():
    assert signature(SECRET, ID, "1795000000", BODY) == KNOWN
    assert signed_headers(SECRET, ID, NOW + 0.9, BODY) == {
        "X-Signature": KNOWN,
        "X-Signature-Id": ID,
        "X-Signature-Timestamp": "1795000000",
    }


def test_a_good_signature_is_believed_once():
    verifier = Verifier(SECRET, Clock())
    assert verifier.allows(headers(), BODY)
    assert not verifier.allows(headers(), BODY)
    assert verifier.allows(headers(request_id="another"), BODY)


@pytest.mark.parametrize(
    "change",
    [
        {"X-Signature": KNOWN.replace("4c", "5c")},
        {"X-Signature": KNOWN.removeprefix("sha256=")},
        {"X-Signature": KNOWN.upper()},
        {"X-Signature": ""},
        {"X-Signature": "sha256=\udcff"},
        {"X-Signature-Id": "other"},
        {"X-Signature-Id": ""},
        {"X-Signature-Id": "x" * 201},
        {"X-Signature-Timestamp": "1795000001"},
        {"X-Signature-Timestamp": "١٧٩٥٠٠٠٠٠٠"},
        {"X-Signature-Timestamp": "now"},
    ],
)
def test_whatever_is_changed_is_not_believed(change):
    given = headers()
    given.update(change)
    assert not Verifier(SECRET, Clock()).allows(given, BODY)


@pytest.mark.parametrize("name", ["X-Signature", "X-Signature-Id", "X-Signature-Timestamp"])
def test_a_header_that_is_missing_is_not_believed(name):
    given = headers()
    del given[name]
    assert not Verifier(SECRET, Clock()).allows(given, BODY)


def test_another_body_or_another_secret_is_not_believed():
    verifier = Verifier(SECRET, Clock())
    assert not verifier.allows(headers(), BODY + b" ")
    assert not verifier.allows(headers(secret=b"x" * 32), BODY)
    assert verifier.allows(headers(), BODY), "a refused request does not spend its id"


@pytest.mark.parametrize(("age", "believed"), [(0, True), (600, True), (601, False), (-600, True), (-601, False)])
def test_ten_minutes_either_way_are_the_window(age, believed):
    assert Verifier(SECRET, Clock()).allows(headers(at=NOW - age), BODY) is believed


def test_a_replay_is_refused_as_long_as_its_timestamp_is_good():
    clock = Clock()
    verifier = Verifier(SECRET, clock)
    ahead = headers(at=NOW + 600)
    assert verifier.allows(ahead, BODY)
    clock.now = NOW + 1199
    verifier.allows(headers(request_id="another", at=clock.now), BODY)
    assert not verifier.allows(ahead, BODY)


def test_ids_are_forgotten_when_their_time_is_over_and_when_there_are_too_many(monkeypatch):
    clock = Clock()
    verifier = Verifier(SECRET, clock)
    for number in range(5):
        assert verifier.allows(headers(request_id=f"r{number}"), BODY)
    clock.now += 1201
    assert verifier.allows(headers(request_id="late", at=clock.now), BODY)
    assert list(verifier._seen) == ["late"]
    monkeypatch.setattr(module, "REMEMBERED", 3)
    for number in range(5):
        assert verifier.allows(headers(request_id=f"n{number}", at=clock.now), BODY)
    assert list(verifier._seen) == ["n2", "n3", "n4"]


def test_a_secret_too_short_to_sign_with_is_refused_and_not_shown():
    assert signing_secret("0123456789abcdef") == b"0123456789abcdef"
    with pytest.raises(ConfigError, match="openssl rand") as caught:
        signing_secret("short-canary")
    assert "canary" not in str(caught.value)
