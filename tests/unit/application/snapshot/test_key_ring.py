from dataclasses import replace
from hashlib import sha256

import pytest
from tests.fakes.keys import NOW, PlainTokens, ring_of
from tests.fakes.relay import loopback
from tests.fakes.system import FrozenClock

from turnout.application.ports.access_keys import KeyChanges
from turnout.application.snapshot.key_ring import MOST_ACCEPTED, STALE_SECONDS, KeyRing
from turnout.domain.governance.access_key import AccessKey, KeySettings
from turnout.domain.governance.grant import AccessDenied, AccessUnknown, Grant
from turnout.domain.governance.scope import Scope


def asked(ring: KeyRing, token: str, address: str = "127.0.0.1") -> Grant:
    return ring.grant(sha256(token.encode()).digest(), token, lambda: address)


class Kept:
    """One key on a ring, changed as the store would tell of it."""

    def __init__(self, settings: KeySettings) -> None:
        self.clock, self.tokens = FrozenClock(), PlainTokens()
        self.ring = KeyRing(self.tokens, self.clock, trust_seconds=60.0)
        self.minted = self.tokens.mint()
        self.key = AccessKey.issue(self.tokens.new_id(), settings, self.minted.mark, NOW)
        self.tell()

    def tell(self) -> None:
        self.ring.take(KeyChanges(self.ring.version + 1, (self.key,)))


def test_a_token_leads_to_its_keys_grant() -> None:
    scope = Scope(routes=frozenset({"default"}))
    kept = Kept(KeySettings("ci", "tools", "bots", scope))
    grant = asked(kept.ring, kept.minted.text)
    assert grant == Grant("ci", key=kept.key.id, team="tools", project="bots", scope=scope)
    assert grant.tenant == kept.key.id


def test_the_digest_is_computed_once_for_each_token_that_is_good() -> None:
    kept = Kept(KeySettings("ci"))
    for _ in range(3):
        asked(kept.ring, kept.minted.text)
    assert kept.tokens.checked == 1
    kept.tell()
    asked(kept.ring, kept.minted.text)
    assert kept.tokens.checked == 2


@pytest.mark.parametrize("token", ["token-1x", "token-9", "wrong", "", "\udce9"])
def test_any_other_token_is_denied(token: str) -> None:
    kept = Kept(KeySettings("ci"))
    with pytest.raises(AccessDenied, match="not known here") as denied:
        kept.ring.grant(b"digest", token, loopback)
    assert not token or token not in denied.value.message


def test_a_key_ends_when_it_expires() -> None:
    kept = Kept(KeySettings("ci", expires_at_seconds=NOW + 10))
    kept.clock.move(9.9)
    assert asked(kept.ring, kept.minted.text)
    kept.clock.move(0.1)
    with pytest.raises(AccessDenied, match="has expired"):
        asked(kept.ring, kept.minted.text)


def test_a_revoked_key_is_denied_at_once() -> None:
    kept = Kept(KeySettings("ci"))
    assert asked(kept.ring, kept.minted.text)
    kept.key.revoke(NOW)
    kept.tell()
    with pytest.raises(AccessDenied, match="is revoked"):
        asked(kept.ring, kept.minted.text)


def test_a_rotated_keys_former_token_is_good_until_the_overlap_ends() -> None:
    kept = Kept(KeySettings("ci"))
    new = kept.tokens.mint()
    kept.key.rotate(new.mark, NOW, 30.0)
    kept.tell()
    kept.clock.move(29.9)
    assert asked(kept.ring, new.text) == asked(kept.ring, kept.minted.text)
    kept.clock.move(0.1)
    assert asked(kept.ring, new.text)
    with pytest.raises(AccessDenied, match="replaced by a new one"):
        asked(kept.ring, kept.minted.text)


def test_an_overlap_does_not_outlast_the_key() -> None:
    kept = Kept(KeySettings("ci", expires_at_seconds=NOW + 10))
    kept.key.rotate(kept.tokens.mint().mark, NOW, 30.0)
    kept.tell()
    kept.clock.move(10)
    with pytest.raises(AccessDenied, match="has expired"):
        asked(kept.ring, kept.minted.text)


def test_rotating_without_overlap_ends_the_former_token() -> None:
    kept = Kept(KeySettings("ci"))
    kept.key.rotate(kept.tokens.mint().mark, NOW, 0.0)
    kept.tell()
    with pytest.raises(AccessDenied, match="not known"):
        asked(kept.ring, kept.minted.text)


def test_a_key_may_be_bound_to_networks() -> None:
    kept = Kept(KeySettings("ci", scope=Scope(networks=frozenset({"10.0.0.0/8"}))))
    assert asked(kept.ring, kept.minted.text, "10.1.2.3")
    with pytest.raises(AccessDenied, match="from this address"):
        asked(kept.ring, kept.minted.text, "11.1.2.3")


def test_new_settings_are_in_force_when_told() -> None:
    kept = Kept(KeySettings("ci"))
    assert asked(kept.ring, kept.minted.text).team is None
    kept.key.revise(replace(kept.key.settings, team="tools"))
    kept.tell()
    assert asked(kept.ring, kept.minted.text).team == "tools"


def test_keys_outlive_the_store_for_a_set_time() -> None:
    kept = Kept(KeySettings("ci"))
    kept.clock.move(60.0)
    assert asked(kept.ring, kept.minted.text)
    kept.clock.move(0.1)
    with pytest.raises(AccessUnknown, match="for too long"):
        asked(kept.ring, kept.minted.text)
    kept.ring.take(KeyChanges(kept.ring.version, ()))
    assert asked(kept.ring, kept.minted.text)


def test_whether_there_are_keys_is_not_known_before_the_first_look() -> None:
    ring, _ = ring_of(heard=False)
    with pytest.raises(AccessUnknown):
        ring.is_empty()
    assert not ring.is_known()
    ring.presume_empty()
    assert ring.is_known()
    assert ring.is_empty()
    assert ring_of()[0].is_empty()
    assert not ring_of("ci")[0].is_empty()


def test_no_more_tokens_are_remembered_than_fit() -> None:
    kept = Kept(KeySettings("ci"))
    for number in range(MOST_ACCEPTED + 1):
        kept.ring.grant(number.to_bytes(4), kept.minted.text, loopback)
    before = kept.tokens.checked
    kept.ring.grant((0).to_bytes(4), kept.minted.text, loopback)
    assert kept.tokens.checked == before + 1


def test_while_the_store_is_away_a_token_that_is_not_known_may_be_a_new_one() -> None:
    kept = Kept(KeySettings("ci"))
    kept.clock.move(STALE_SECONDS + 0.1)
    assert asked(kept.ring, kept.minted.text)
    with pytest.raises(AccessUnknown, match="cannot be looked up now"):
        asked(kept.ring, "token-9")
    for wrong in ("token-1x", "no token at all"):
        with pytest.raises(AccessDenied):
            asked(kept.ring, wrong)
