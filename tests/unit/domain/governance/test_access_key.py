from dataclasses import replace

import pytest

from turnout.domain.governance.access_key import (
    LONGEST_NAME,
    MOST_METADATA,
    AccessKey,
    KeySettings,
    TokenMark,
)
from turnout.domain.governance.events import (
    AccessKeyIssued,
    AccessKeyRevised,
    AccessKeyRevoked,
    AccessKeyRotated,
)
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId

ID = KeyId("key_1")
FIRST, SECOND, THIRD = (TokenMark(name, f"digest-{name}") for name in ("one", "two", "three"))


def issued(**settings: object) -> AccessKey:
    return AccessKey.issue(ID, KeySettings("ci", **settings), FIRST, 100.0)  # type: ignore[arg-type]


def test_a_key_is_issued() -> None:
    key = issued(expires_at_seconds=101.0)
    assert (key.token, key.former, key.revoked_at_seconds) == (FIRST, None, None)
    assert key.collect() == (AccessKeyIssued(ID, "ci"),)
    assert "digest" not in repr(key)


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"name": " "}, "key.name"),
        ({"name": "x" * (LONGEST_NAME + 1)}, "key.name"),
        ({"name": "ci", "team": ""}, "key.team"),
        ({"name": "ci", "project": "x" * 121}, "key.project"),
        ({"name": "ci", "expires_at_seconds": 100.0}, "key.expired"),
        (
            {"name": "ci", "metadata": {str(n): "" for n in range(MOST_METADATA + 1)}},
            "key.metadata",
        ),
    ],
)
def test_what_could_not_be_used_is_refused(settings: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        AccessKey.issue(ID, KeySettings(**settings), FIRST, 100.0)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_only_what_differs_is_revised() -> None:
    key = issued()
    key.collect()
    assert key.revise(key.settings) == ()
    assert key.collect() == ()
    assert key.revise(replace(key.settings, team="tools", expires_at_seconds=1.0)) == (
        "team",
        "expires_at_seconds",
    )
    assert key.collect() == (AccessKeyRevised(ID, ("team", "expires_at_seconds")),)
    with pytest.raises(DomainError, match="name: found ''"):
        key.revise(replace(key.settings, name=""))
    assert key.settings.name == "ci"


def test_a_rotation_keeps_the_former_token_for_a_while() -> None:
    key = issued()
    key.collect()
    key.rotate(SECOND, 200.0, 60.0)
    assert (key.token, key.former, key.former_until_seconds) == (SECOND, FIRST, 260.0)
    key.rotate(THIRD, 210.0, 60.0)
    assert (key.token, key.former, key.former_until_seconds) == (THIRD, SECOND, 270.0)
    key.rotate(FIRST, 220.0, 0.0)
    assert (key.token, key.former, key.former_until_seconds) == (FIRST, None, None)
    assert key.collect() == tuple(AccessKeyRotated(ID, s) for s in (60.0, 60.0, 0.0))
    with pytest.raises(DomainError, match="expected >= 0"):
        key.rotate(SECOND, 230.0, -1.0)


def test_a_revoked_key_stays_so() -> None:
    key = issued()
    key.collect()
    key.revoke(300.0)
    assert key.revoked_at_seconds == 300.0
    assert key.collect() == (AccessKeyRevoked(ID),)
    for change in (
        lambda: key.revoke(301.0),
        lambda: key.rotate(SECOND, 301.0, 0.0),
        lambda: key.revise(replace(key.settings, team="tools")),
    ):
        with pytest.raises(DomainError, match="is revoked"):
            change()
