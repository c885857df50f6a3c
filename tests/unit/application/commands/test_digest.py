import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

import pytest
from tests.support.catalog import OPENAI, chain_of, deployment, full_rules, full_settings

from turnout.application.commands.digest import digest
from turnout.domain.catalog.price import Price
from turnout.domain.catalog.provider import ProviderSettings
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.inference.capability import Capability
from turnout.domain.inference.failure import FailureKind
from turnout.domain.routing.fallback_chain import Target


def _priced(price: str) -> ProviderSettings:
    model = replace(deployment(OPENAI, "m"), price=Price(Decimal(price), Decimal(1)))
    return replace(full_settings(OPENAI), deployments=(model,))


def test_equal_entries_have_equal_digests() -> None:
    assert digest(full_settings(OPENAI)) == digest(full_settings(OPENAI))
    assert digest(full_rules()) == digest(full_rules())
    turned = replace(full_settings(OPENAI), headers=dict(reversed(HEADERS)))
    assert digest(turned) == digest(replace(turned, headers=dict(HEADERS)))
    assert digest(_priced("2.50")) == digest(_priced("2.5"))


HEADERS = [("a", "1"), ("b", "2")]


@pytest.mark.parametrize(
    "other",
    [
        replace(full_settings(OPENAI), weight=8),
        replace(full_settings(OPENAI), credential=None),
        replace(full_settings(OPENAI), headers={}),
        replace(full_settings(OPENAI), timeouts=Timeouts()),
        replace(full_settings(OPENAI), deployments=full_settings(OPENAI).deployments[::-1]),
        replace(
            full_settings(OPENAI), deployments=(deployment(OPENAI, "large", Capability.VISION),)
        ),
        _priced("2.5"),
        _priced("2.6"),
    ],
)
def test_every_difference_shows(other: ProviderSettings) -> None:
    assert digest(other) != digest(full_settings(OPENAI))


def test_every_difference_of_a_chain_shows() -> None:
    rules = [
        chain_of("a", "b"),
        chain_of("b", "a"),
        replace(chain_of("a", "b"), tiers=((Target.parse("a"), Target.parse("b")),)),
        replace(chain_of("a", "b"), tiers=((Target.parse("a", weight=2),), (Target.parse("b"),))),
        replace(chain_of("a", "b"), on=frozenset()),
        replace(chain_of("a", "b"), on=frozenset({FailureKind.TIMEOUT})),
        replace(chain_of("a", "b"), max_attempts=1),
    ]
    assert len({digest(each) for each in rules}) == len(rules)


def test_a_digest_is_the_same_in_another_process() -> None:
    program = (
        "from turnout.application.commands.digest import digest;"
        "from tests.support.catalog import OPENAI, full_settings;"
        "print(digest(full_settings(OPENAI)))"
    )
    outputs = {
        subprocess.check_output(
            [sys.executable, "-c", program], text=True, env={"PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    }
    assert outputs == {digest(full_settings(OPENAI)) + "\n"}


def test_a_field_at_its_default_does_not_count() -> None:
    """Or a version with one field more would take every entry for changed."""
    assert digest(chain_of("a")) == sha256(b'{"tiers":[[{"provider":"a"}]]}').hexdigest()
