import hmac
from hashlib import sha256

import pytest

from turnout.domain.governance.access_key import TokenMark
from turnout.infrastructure.secrets.access_tokens import PURPOSE, KeyedTokens
from turnout.infrastructure.secrets.master_key import MasterKey

MASTER = MasterKey(bytes(32))
TOKENS = KeyedTokens(MASTER)


def test_a_token_is_found_by_its_prefix_and_told_by_its_mark() -> None:
    minted = TOKENS.mint()
    assert minted.text.startswith(f"sk-to-{minted.mark.prefix}-")
    assert len(minted.text) == len("sk-to-") + 12 + 1 + 43
    assert TOKENS.prefix(minted.text) == minted.mark.prefix
    assert TOKENS.is_marked(minted.text, minted.mark)
    assert KeyedTokens(MasterKey(bytes(32))).is_marked(minted.text, minted.mark)


def test_the_mark_is_an_hmac_under_a_derived_key() -> None:
    minted = TOKENS.mint()
    expected = hmac.new(MASTER.derive(PURPOSE), minted.text.encode(), sha256).hexdigest()
    assert minted.mark.digest == expected


def test_another_token_another_mark_and_another_master_key_do_not_fit() -> None:
    one, two = TOKENS.mint(), TOKENS.mint()
    assert one.text != two.text
    assert not TOKENS.is_marked(one.text, two.mark)
    assert not TOKENS.is_marked(one.text, TokenMark(one.mark.prefix, "0" * 64))
    assert not KeyedTokens(MasterKey(b"\x01" * 32)).is_marked(one.text, one.mark)


@pytest.mark.parametrize(
    "text", ["", "sk-to-", "sk-to-0123456789ab-short", "sk-to-0123456789AB-" + "x" * 43, "\udce9"]
)
def test_what_is_no_token_has_no_prefix(text: str) -> None:
    assert TOKENS.prefix(text) is None
    assert not TOKENS.is_marked(text, TokenMark("", ""))


def test_nothing_shows_a_token() -> None:
    minted = TOKENS.mint()
    assert minted.text not in repr(minted)
    assert minted.mark.digest not in repr(minted)
    assert TOKENS.new_id() != TOKENS.new_id()
