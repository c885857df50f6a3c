from dataclasses import replace

import pytest
from tests.fakes.store import Contents, FakeStore
from tests.support.catalog import OPENAI, full_settings

from turnout.application.commands.revise_provider import (
    ProviderChanges,
    ReviseProvider,
    ReviseProviderHandler,
)
from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.events import ProviderRevised
from turnout.domain.catalog.probe_rules import ProbeRules
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.inference.request import WireProtocol
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ProviderId


def _store() -> FakeStore:
    return FakeStore(Contents(providers={OPENAI: full_settings(OPENAI)}))


@pytest.mark.parametrize(
    "changes",
    [
        {"weight": 9},
        {"enabled": True},
        {"credential": None, "further_credentials": ()},
        {"circuit": CircuitLimits(), "probe": ProbeRules(), "concurrency": ConcurrencyRules()},
        {"headers": {}},
        {"deployments": ()},
        {"base_url": "http://127.0.0.1:1", "protocol": WireProtocol.GEMINI, "vendor": "google"},
    ],
)
async def test_only_what_is_given_changes(changes: ProviderChanges) -> None:
    store = _store()
    changed = await ReviseProviderHandler(store.begin)(ReviseProvider(OPENAI, changes))
    assert store.contents.providers[OPENAI] == replace(full_settings(OPENAI), **changes)
    assert set(changed) == set(changes)
    assert store.contents.events == (ProviderRevised(OPENAI, changed),)


async def test_one_of_the_timeouts_changes_alone() -> None:
    store = _store()
    changed = await ReviseProviderHandler(store.begin)(
        ReviseProvider(OPENAI, {}, {"total_seconds": 99.0})
    )
    assert store.contents.providers[OPENAI].timeouts == Timeouts(1.5, 2.5, 3.5, 99.0)
    assert changed == ("timeouts",)


async def test_the_same_again_is_no_change() -> None:
    store = _store()
    changed = await ReviseProviderHandler(store.begin)(ReviseProvider(OPENAI, {"weight": 7}))
    assert changed == ()
    assert store.contents.events == ()


async def test_bad_values_are_refused_whole() -> None:
    store = _store()
    with pytest.raises(DomainError) as refusal:
        await ReviseProviderHandler(store.begin)(
            ReviseProvider(OPENAI, {"enabled": True, "weight": 0})
        )
    assert refusal.value.code == "provider.weight"
    assert store.contents.providers == {OPENAI: full_settings(OPENAI)}


async def test_an_unknown_name_is_refused_with_names_like_it() -> None:
    with pytest.raises(DomainError, match="did you mean 'openai'") as refusal:
        await ReviseProviderHandler(_store().begin)(
            ReviseProvider(ProviderId("opena"), {"weight": 1})
        )
    assert refusal.value.code == "provider.unknown"
