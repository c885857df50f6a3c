from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.provider import Provider, ProviderSettings
from turnout.domain.inference.capability import UNKNOWN_MODEL, Capability, Requirement
from turnout.domain.inference.request import WireProtocol
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import ChainRules, FallbackChain, Target
from turnout.domain.routing.route import Candidate, Route, bind, by_priority, offers_of
from turnout.domain.routing.route_plan import Drop
from turnout.domain.shared.ids import ChainId, ProviderId

CHAT = Requirement(frozenset({Capability.CHAT}))
VISION = Requirement(frozenset({Capability.CHAT, Capability.VISION}))


def deployment(
    provider: str, model: str, *more: Capability, window: int | None = None
) -> Deployment:
    offers = UNKNOWN_MODEL | set(more)
    return Deployment(ProviderId(provider), model, model, offers, context_window=window)


def provider(name: str, *deployments: Deployment, priority: int = 100, weight: int = 1) -> Provider:
    settings = ProviderSettings(
        vendor="",
        protocol=WireProtocol.OPENAI_CHAT,
        base_url="http://localhost",
        priority=priority,
        weight=weight,
        deployments=deployments,
    )
    return Provider.register(ProviderId(name), settings)


def route(*tiers: tuple[str, ...], providers: tuple[Provider, ...]) -> Route:
    chain = FallbackChain.define(
        ChainId("c"), ChainRules(tuple(tuple(Target.parse(t) for t in tier) for tier in tiers))
    )
    return bind(chain, {p.id: p for p in providers}, {})


def ids(found: Route, needs: Requirement) -> list[str]:
    return [target.deployment.id for target in found.plan(needs).targets]


def test_an_entry_that_names_a_provider_takes_its_first_model_that_fits() -> None:
    openai = provider(
        "openai", deployment("openai", "a"), deployment("openai", "b", Capability.VISION)
    )
    found = route(("openai",), providers=(openai,))
    assert ids(found, CHAT) == ["openai/a"]
    assert ids(found, VISION) == ["openai/b"]


def test_a_target_that_cannot_is_left_out_with_the_reason() -> None:
    small = provider("small", deployment("small", "a", window=100))
    large = provider("large", deployment("large", "b"))
    plan = route(("small",), ("large",), providers=(small, large)).plan(
        Requirement(CHAT.capabilities, input_tokens=101)
    )
    assert [target.deployment.id for target in plan.targets] == ["large/b"]
    assert [(drop.target, drop.rule) for drop in plan.drops] == [("small", "context_window")]
    assert "101" in plan.drops[0].detail


def test_a_long_prompt_is_not_remembered_as_the_fit_of_a_short_one() -> None:
    small = provider("small", deployment("small", "a", window=100))
    found = route(("small",), providers=(small,))
    assert ids(found, Requirement(CHAT.capabilities, 101)) == []
    assert ids(found, CHAT) == ["small/a"]
    assert ids(found, Requirement(CHAT.capabilities, 101)) == []


def test_unknown_providers_and_models_are_drops_not_errors() -> None:
    known = provider("known", deployment("known", "a"))
    plan = route(("gone",), ("known/gone",), ("known/a",), providers=(known,)).plan(CHAT)
    assert [(d.target, d.rule) for d in plan.drops] == [
        ("gone", "unknown_provider"),
        ("known/gone", "unknown_model"),
    ]
    assert [t.via for t in plan.targets] == ["known/a"]


def test_an_unusable_provider_is_left_out_for_its_reason() -> None:
    off = provider("off", deployment("off", "a"))
    chain = FallbackChain.define(ChainId("c"), ChainRules(((Target(off.id),),)))
    plan = bind(chain, {off.id: off}, {off.id: ("provider_disabled", "off is disabled")}).plan(CHAT)
    assert [(d.rule, d.detail) for d in plan.drops] == [("provider_disabled", "off is disabled")]


def test_accounts_share_their_targets_weight() -> None:
    three = Provider.register(
        ProviderId("three"),
        replace(
            provider("three", deployment("three", "a")).settings,
            credential="${A}",
            further_credentials=("${B}", "${C}"),
        ),
    )
    rules = ChainRules(((Target(three.id, None, 2),),))
    chain = FallbackChain.define(ChainId("c"), rules)
    plan = bind(chain, {three.id: three}, {}).plan(CHAT)
    assert [target.id for target in plan.targets] == ["three/a", "three/a#2", "three/a#3"]
    assert [target.deployment.account for target in plan.targets] == [1, 2, 3]
    assert {target.weight for target in plan.targets} == {2 / 3}
    out = {three.id: {2: ("credential_missing", "B is not set")}}
    plan = bind(chain, {three.id: three}, {}, out).plan(CHAT)
    assert [(target.id, target.weight) for target in plan.targets] == [
        ("three/a", 1.0),
        ("three/a#3", 1.0),
    ]
    assert plan.drops == (Drop("three#2", 0, "credential_missing", "B is not set"),)


def test_a_route_leads_to_what_may_answer_now_and_to_nothing_else() -> None:
    on, off = (provider(name, deployment(name, "a")) for name in ("on", "off"))
    rules = ChainRules(((Target(on.id),), (Target(off.id),)), cache=CacheRules(enabled=True))
    chain = FallbackChain.define(ChainId("c"), rules)
    found = bind(chain, {on.id: on, off.id: off}, {off.id: ("provider_disabled", "off")})
    ways = [
        found.deployment(*way) is not None
        for way in (("on", "a"), ("on", "b"), ("off", "a"), ("no", "a"))
    ]
    assert ways == [True, False, False, False]
    assert found.cache == CacheRules(enabled=True)


def test_no_deployment_stands_twice() -> None:
    one = provider("one", deployment("one", "a"), deployment("one", "b"))
    found = route(("one/a",), ("one",), providers=(one,))
    assert ids(found, CHAT) == ["one/a", "one/b"]


def test_a_provider_used_up_is_a_duplicate() -> None:
    one = provider("one", deployment("one", "a"))
    plan = route(("one/a",), ("one",), providers=(one,)).plan(CHAT)
    assert [(d.target, d.rule) for d in plan.drops] == [("one", "duplicate")]


def test_the_same_needs_have_the_very_same_plan() -> None:
    one = provider("one", deployment("one", "a"))
    found = route(("one",), providers=(one,))
    assert found.plan(CHAT) is found.plan(CHAT)


def test_lower_priorities_make_earlier_tiers() -> None:
    first = provider("first", deployment("first", "m"), priority=1, weight=3)
    others = [provider(name, deployment(name, "m")) for name in ("b", "c")]
    tiers = by_priority(offers_of("m", [*others, first]))
    assert [[str(t) for t in tier] for tier in tiers] == [["first/m"], ["b/m", "c/m"]]
    assert tiers[0][0].weight == 3


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=4), max_size=4),
    st.sets(st.sampled_from(list(Capability))),
    st.integers(0, 300),
)
def test_every_candidate_is_planned_or_dropped_and_none_twice(
    tiers: list[list[str]], needed: set[Capability], tokens: int
) -> None:
    offers = {
        name: deployment("p", name, window=100 * (place + 1)) for place, name in enumerate("abcdef")
    }
    found = Route(
        "r", tuple(tuple(Candidate(name, 1, (offers[name],)) for name in tier) for tier in tiers)
    )
    plan = found.plan(Requirement(frozenset(needed), tokens))
    planned = [target.deployment.id for target in plan.targets]
    assert len(planned) == len(set(planned))
    assert len(planned) + len(plan.drops) == sum(len(tier) for tier in tiers)
    assert [t.tier for t in plan.targets] == sorted(t.tier for t in plan.targets)
    for target in plan.targets:
        assert needed <= target.deployment.capabilities
