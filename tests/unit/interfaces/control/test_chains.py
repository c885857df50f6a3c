import pytest
from tests.support.catalog import OPENAI, chain_of, full_rules, full_settings
from tests.support.control import FakeControl, problem

from turnout.domain.inference.failure import FailureKind
from turnout.domain.routing.cache_policy import CacheRules
from turnout.domain.routing.fallback_chain import ChainRules, Target
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.routing_policy import Strategy
from turnout.domain.routing.stickiness import Stickiness, StickyBy
from turnout.domain.shared.ids import ChainId

MAIN = ChainId("main")


def _control() -> FakeControl:
    control = FakeControl()
    control.store.contents.providers[OPENAI] = full_settings(OPENAI)
    control.store.contents.chains[MAIN] = full_rules()
    return control


async def test_a_chain_is_listed_and_shown() -> None:
    async with _control().client() as client:
        (listed,) = (await client.get("/api/chains")).json()
        shown = (await client.get("/api/chains/main")).json()
        unknown = await client.get("/api/chains/mian")
    assert listed == shown
    assert shown == {
        "name": "main",
        "tiers": [
            [{"target": "openai/large", "weight": 3}, {"target": "google", "weight": 1}],
            [{"target": "openai", "weight": 1}],
        ],
        "strategy": "sticky",
        "deadline_seconds": 12.5,
        "max_attempts": 2,
        "on": ["rate_limited", "timeout"],
        "rescue": False,
        "cache": {"enabled": True, "ttl_seconds": 60.0},
        "sticky": {"by": "header", "header": "X-Session"},
        "hedge": {"after_seconds": 1.5, "most_share": 0.1},
        "declared": False,
    }
    assert problem(unknown) == (404, "chain.unknown", None)


async def test_a_chain_is_defined() -> None:
    control = _control()
    body = {
        "name": "new",
        "tiers": [[{"target": "openai/large", "weight": 2}, "openai/big"], ["openai"]],
        "deadline_seconds": 5,
        "max_attempts": 3,
        "on": ["timeout"],
        "rescue": False,
        "cache": {"single_flight": False},
        "strategy": "sticky",
        "sticky": {"by": "key"},
        "hedge": {},
    }
    async with control.client() as client:
        answer = await client.post("/api/chains", json=body)
    assert (answer.status_code, answer.headers["location"]) == (201, "/api/chains/new")
    first = Target.parse("openai/large", weight=2), Target.parse("openai/big")
    assert control.store.contents.chains[ChainId("new")] == ChainRules(
        tiers=(first, (Target.parse("openai"),)),
        deadline_seconds=5.0,
        max_attempts=3,
        on=frozenset({FailureKind.TIMEOUT}),
        cache=CacheRules(single_flight=False),
        rescue=False,
        strategy=Strategy.STICKY,
        sticky=Stickiness(StickyBy.KEY),
        hedge=HedgeRules(),
    )


async def test_a_chain_needs_no_more_than_targets() -> None:
    control = _control()
    async with control.client() as client:
        await client.post("/api/chains", json={"name": "new", "tiers": [["openai"]]})
    assert control.store.contents.chains[ChainId("new")] == chain_of("openai")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": "main", "tiers": [["openai"]]}, (409, "chain.exists", None)),
        ({"name": "a b", "tiers": [["openai"]]}, (422, "chain.name", "name")),
        ({"name": "n", "tiers": [["opanai"]]}, (422, "chain.unknown_target", "tiers")),
        ({"name": "n", "tiers": [["openai/gpt"]]}, (422, "chain.unknown_model", "tiers")),
        ({"name": "n", "tiers": []}, (422, "request.invalid", "tiers")),
        ({"name": "n", "tiers": [[]]}, (422, "request.invalid", "tiers[0]")),
        ({"name": "n", "tiers": ["openai"]}, (422, "request.invalid", "tiers[0]")),
        ({"name": "n", "tiers": [[{"weight": 1}]]}, (422, "request.invalid", "tiers[0][0].target")),
        ({"name": "n"}, (422, "request.invalid", "tiers")),
        ({"tiers": [["openai"]]}, (422, "request.invalid", "name")),
        (
            {"name": "n", "tiers": [["openai"]], "on": ["tired"]},
            (422, "request.invalid", "on[0]"),
        ),
        (
            {"name": "n", "tiers": [["openai"]], "cache": {"ttl_seconds": 0}},
            (422, "request.invalid", "cache.ttl_seconds"),
        ),
        (
            {"name": "n", "tiers": [["openai"]], "cache": {"ttl": 5}},
            (422, "request.invalid", "cache.ttl"),
        ),
        (
            {"name": "n", "tiers": [["openai"]], "strategy": "guess"},
            (422, "request.invalid", "strategy"),
        ),
        ({"name": "n", "tiers": [["openai"]], "sticky": {}}, (422, "chain.sticky", "sticky")),
        (
            {
                "name": "n",
                "tiers": [["openai"]],
                "strategy": "sticky",
                "sticky": {"by": "header"},
            },
            (422, "stickiness.header", "sticky"),
        ),
        (
            {"name": "n", "tiers": [["openai"]], "hedge": {"most_share": 2}},
            (422, "request.invalid", "hedge.most_share"),
        ),
    ],
)
async def test_what_could_not_work_is_refused(
    body: dict[str, object], expected: tuple[int, str, str | None]
) -> None:
    control = _control()
    async with control.client() as client:
        answer = await client.post("/api/chains", json=body)
    assert problem(answer) == expected
    assert control.store.contents.chains == {MAIN: full_rules()}


@pytest.mark.parametrize(
    ("patch", "changed"),
    [
        ({"on": None}, {"on": None}),
        ({"on": ["auth"]}, {"on": ["auth"]}),
        ({"max_attempts": 6}, {"max_attempts": 6}),
        ({"rescue": True}, {"rescue": True}),
        ({"cache": None}, {"cache": None}),
        ({"cache": {"only_deterministic": False}}, {"cache": {"only_deterministic": False}}),
        ({"deadline_seconds": 1.5}, {"deadline_seconds": 1.5}),
        ({"strategy": "weighted", "sticky": None}, {"strategy": "weighted", "sticky": None}),
        ({"sticky": {"by": "key"}}, {"sticky": {"by": "key", "header": None}}),
        ({"hedge": None}, {"hedge": None}),
        ({"hedge": {}}, {"hedge": {"after_seconds": None, "most_share": 0.05}}),
        ({"tiers": [["openai"]]}, {"tiers": [[{"target": "openai", "weight": 1}]]}),
        ({}, {}),
    ],
)
async def test_only_what_is_given_is_revised(
    patch: dict[str, object], changed: dict[str, object]
) -> None:
    async with _control().client() as client:
        before = (await client.get("/api/chains/main")).json()
        answer = await client.patch("/api/chains/main", json=patch)
    assert answer.json() == before | changed


async def test_a_chain_is_removed() -> None:
    control = _control()
    control.store.contents.digests["chain:main"] = "0" * 64
    async with control.client() as client:
        answer = await client.delete("/api/chains/main")
        again = await client.delete("/api/chains/main")
    assert answer.json() == {"name": "main", "declared": True}
    assert problem(again) == (404, "chain.unknown", None)
