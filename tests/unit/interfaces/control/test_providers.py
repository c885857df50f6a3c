from dataclasses import asdict, replace
from typing import Any

import pytest
from tests.support.catalog import OPENAI, chain_of, full_settings, plain_settings
from tests.support.control import FakeControl, problem

from turnout.domain.catalog.circuit_limits import CircuitLimits
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.catalog.probe_rules import ProbeKind, ProbeRules
from turnout.domain.catalog.timeouts import Timeouts
from turnout.domain.shared.ids import ChainId

FULL_BODY: dict[str, Any] = {
    "name": "groq-eu",
    "vendor": "groq",
    "protocol": "openai_chat",
    "base_url": "https://example.invalid/v1",
    "credential": "${GROQ_KEY}",
    "enabled": False,
    "models": [
        "llama",
        {
            "name": "big",
            "upstream": "vendor/big-1",
            "aliases": ["b"],
            "capabilities": ["vision", "-tools"],
            "context_window": 1000,
            "max_output_tokens": 10,
            "price": {"input": 0.5, "output": "1.25"},
        },
    ],
    "weight": 2,
    "priority": -1,
    "headers": {"x-team": "search"},
    "options": {"region": "eu"},
    "timeouts": {"total_seconds": 60},
}


def _control() -> FakeControl:
    control = FakeControl()
    control.store.contents.providers[OPENAI] = full_settings(OPENAI)
    return control


async def test_providers_are_listed() -> None:
    async with _control().client() as client:
        (row,) = (await client.get("/api/providers")).json()
    assert (row["name"], row["weight"], row["declared"]) == ("openai", 7, False)
    assert [deployment["model"] for deployment in row["deployments"]] == ["large", "a-second-one"]
    assert row["deployments"][0]["price"] == {
        "input": "2.50",
        "output": "10",
        "cached_input": "1.25",
    }


@pytest.mark.parametrize(
    ("query", "models"),
    [
        ("capability=vision&capability=tools", ["large"]),
        ("capability=tools", ["large", "a-second-one"]),
    ],
)
async def test_providers_are_discovered_by_capability(query: str, models: list[str]) -> None:
    async with _control().client() as client:
        (row,) = (await client.get(f"/api/providers?{query}")).json()
    assert [deployment["model"] for deployment in row["deployments"]] == models


async def test_no_provider_that_offers_it_is_an_empty_list() -> None:
    async with _control().client() as client:
        answer = await client.get("/api/providers?capability=audio")
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("query", ["capability=vison", "capabilty=vision"])
async def test_a_misspelt_filter_is_no_filter_for_everything(query: str) -> None:
    async with _control().client() as client:
        assert problem(await client.get(f"/api/providers?{query}"))[:2] == (422, "request.invalid")


async def test_a_provider_is_shown() -> None:
    async with _control().client() as client:
        answer = await client.get("/api/providers/openai")
        unknown = await client.get("/api/providers/opanai")
    assert answer.json()["credential"] == "${AZURE_KEY}"
    assert problem(unknown) == (404, "provider.unknown", None)
    assert "did you mean 'openai'" in unknown.json()["error"]["message"]


async def test_a_provider_is_registered_from_an_entry_like_the_files() -> None:
    control = FakeControl()
    async with control.client() as client:
        answer = await client.post("/api/providers", json=FULL_BODY)
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/providers/groq-eu"
    assert answer.json()["credential"] == "${GROQ_KEY}"
    entry = FULL_BODY | {"api_key": "${GROQ_KEY}"}
    del entry["name"], entry["credential"]
    assert control.entries == [entry]


async def test_the_entry_holds_only_what_was_given() -> None:
    control = FakeControl()
    async with control.client() as client:
        await client.post("/api/providers", json={"name": "groq", "models": ["llama"]})
    assert control.entries == [{"models": ["llama"]}]


async def test_a_taken_name_is_a_conflict() -> None:
    async with _control().client() as client:
        answer = await client.post("/api/providers", json={"name": "openai", "models": ["x"]})
    assert problem(answer) == (409, "provider.exists", None)


async def test_a_bad_name_names_its_field() -> None:
    async with _control().client() as client:
        answer = await client.post("/api/providers", json={"name": "a/b", "models": ["x"]})
    assert problem(answer) == (422, "provider.name", "name")


@pytest.mark.parametrize("secret", ["sk-verysecret", "${K:-verysecret}", "Bearer verysecret"])
async def test_a_secret_is_refused_with_a_reason_and_not_repeated(secret: str) -> None:
    control = FakeControl()
    async with control.client() as client:
        answer = await client.post(
            "/api/providers", json={"name": "groq", "models": ["x"], "credential": secret}
        )
        patched = await client.patch("/api/providers/groq", json={"credential": secret})
        misnamed = await client.post(
            "/api/providers", json={"name": "groq", "models": ["x"], "api_key": secret}
        )
    assert problem(answer) == (422, "request.invalid", "credential")
    assert "stores no secrets" in answer.json()["error"]["message"]
    assert problem(patched) == (422, "request.invalid", "credential")
    assert problem(misnamed) == (422, "request.invalid", "api_key")
    assert "verysecret" not in answer.text + patched.text + misnamed.text
    assert control.store.contents.providers == {}


async def test_only_what_is_given_is_revised() -> None:
    control = _control()
    async with control.client() as client:
        answer = await client.patch(
            "/api/providers/openai",
            json={
                "weight": 9,
                "credential": None,
                "further_credentials": [],
                "timeouts": {"connect_seconds": 9},
            },
        )
    settings = control.store.contents.providers[OPENAI]
    assert answer.json()["weight"] == 9
    assert (settings.weight, settings.credential, settings.priority) == (9, None, 3)
    assert settings.timeouts == Timeouts(9.0, 2.5, 3.5, 4.5)
    assert settings.deployments == full_settings(OPENAI).deployments


async def test_rules_are_replaced_whole() -> None:
    control = _control()
    rules = {
        "circuit": {"strikes_to_open": 9},
        "probe": {"kind": "connect"},
        "concurrency": {"most": 4},
        "further_credentials": ["${THIRD}"],
    }
    async with control.client() as client:
        row = (await client.patch("/api/providers/openai", json=rules)).json()
    settings = control.store.contents.providers[OPENAI]
    assert settings.circuit == CircuitLimits(strikes_to_open=9)
    assert settings.probe == ProbeRules(ProbeKind.CONNECT)
    assert settings.concurrency == ConcurrencyRules(most=4)
    assert settings.credentials == ("${AZURE_KEY}", "${THIRD}")
    assert row["circuit"] == asdict(settings.circuit)
    assert row["probe"] == {"kind": "connect", "interval_seconds": 30.0}
    assert row["concurrency"] == asdict(settings.concurrency)
    assert row["further_credentials"] == ["${THIRD}"]


async def test_several_credentials_are_registered_as_the_file_would_have_them() -> None:
    control = FakeControl()
    body = {"name": "groq", "models": ["x"], "credential": "${A}", "further_credentials": ["${B}"]}
    async with control.client() as client:
        answer = await client.post("/api/providers", json=body)
        headless = await client.post("/api/providers", json={**body, "credential": None})
    assert control.entries == [{"models": ["x"], "api_keys": ["${A}", "${B}"]}]
    assert (answer.json()["credential"], answer.json()["further_credentials"]) == ("${A}", ["${B}"])
    assert problem(headless)[:2] == (422, "request.invalid")
    assert "expected credential beside further_credentials" in headless.text


async def test_rules_are_registered_as_the_file_would_have_them() -> None:
    control = FakeControl()
    rules = {"probe": {"kind": "off"}, "circuit": {"least_calls": 5}, "concurrency": {"queue": 0}}
    async with control.client() as client:
        await client.post("/api/providers", json={"name": "groq", "models": ["x"], **rules})
    assert control.entries == [{"models": ["x"], **rules}]


async def test_a_time_out_can_be_left_to_the_model_again() -> None:
    control = _control()
    async with control.client() as client:
        answer = await client.patch(
            "/api/providers/openai", json={"timeouts": {"first_token_seconds": None}}
        )
    assert answer.json()["timeouts"]["first_token_seconds"] is None
    assert control.store.contents.providers[OPENAI].timeouts == Timeouts(1.5, None, 3.5, 4.5)


async def test_a_models_own_time_outs_are_revised_with_it() -> None:
    control = _control()
    model = {"name": "slow", "timeouts": {"first_token_seconds": 60.0}}
    async with control.client() as client:
        answer = await client.patch("/api/providers/openai", json={"models": [model]})
    assert answer.status_code == 200, answer.text
    assert control.entries[-1]["models"] == [model]


async def test_models_are_revised_as_the_vendor_has_them() -> None:
    control = _control()
    async with control.client() as client:
        answer = await client.patch(
            "/api/providers/openai", json={"models": ["new", {"name": "other", "aliases": []}]}
        )
    assert control.entries == [
        {
            "vendor": "azure_openai",
            "protocol": "openai_chat",
            "base_url": "https://example.invalid/openai",
            "models": ["new", {"name": "other", "aliases": []}],
        }
    ]
    assert [d["model"] for d in answer.json()["deployments"]] == ["new", "other"]
    assert control.store.contents.providers[OPENAI].weight == 7


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"weight": 0}, "weight"),
        ({"weight": 1.5}, "weight"),
        ({"weight": "2"}, "weight"),
        ({"weight": 2**31}, "weight"),
        ({"enabled": 1}, "enabled"),
        ({"base_url": ""}, "base_url"),
        ({"base_url": "a\x00b"}, "base_url"),
        ({"models": []}, "models"),
        ({"models": [{"name": "x", "price": {"input": 1}}]}, "models[0].price.output"),
        ({"models": [{"name": "x", "capabilities": ["vison"]}]}, "models[0].capabilities[0]"),
        ({"headers": {"x-key": "***"}}, "headers.x-key"),
        ({"timeouts": {"total_seconds": 0}}, "timeouts.total_seconds"),
        ({"timeouts": {"total": 1}}, "timeouts.total"),
        ({"circuit": {"error_rate_to_open": 1.5}}, "circuit.error_rate_to_open"),
        ({"probe": {"kind": "ping"}}, "probe.kind"),
        ({"concurrency": {"queue": -1}}, "concurrency.queue"),
        ({"further_credentials": ["sk-literal"]}, "further_credentials[0]"),
        ({"vendor": "groq"}, "vendor"),
        ({"name": "other"}, "name"),
    ],
)
async def test_a_bad_value_names_its_field(body: dict[str, object], field: str) -> None:
    control = _control()
    async with control.client() as client:
        answer = await client.patch("/api/providers/openai", json=body)
    assert problem(answer) == (422, "request.invalid", field)
    assert control.store.contents.providers == {OPENAI: full_settings(OPENAI)}


async def test_a_rule_of_the_domain_names_its_field() -> None:
    async with _control().client() as client:
        answer = await client.patch("/api/providers/openai", json={"base_url": "ftp://x"})
        cap = await client.patch("/api/providers/openai", json={"circuit": {"open_seconds": 999}})
        twice = await client.patch(
            "/api/providers/openai", json={"further_credentials": ["${AZURE_KEY}"]}
        )
    assert problem(answer) == (422, "provider.base_url", "base_url")
    assert problem(cap) == (422, "circuit.cap", "circuit")
    assert problem(twice) == (422, "provider.duplicate_credential", "further_credentials")


async def test_a_provider_is_switched_off_and_on() -> None:
    control = _control()
    async with control.client() as client:
        on = await client.post("/api/providers/openai/enable")
        off = await client.post("/api/providers/openai/disable")
        unknown = await client.post("/api/providers/nobody/disable")
    assert (on.json()["enabled"], off.json()["enabled"]) == (True, False)
    assert problem(unknown)[:2] == (404, "provider.unknown")


async def test_a_provider_is_retired() -> None:
    control = _control()
    async with control.client() as client:
        answer = await client.delete("/api/providers/openai")
        again = await client.delete("/api/providers/openai")
    assert answer.json() == {"name": "openai", "declared": False}
    assert problem(again)[:2] == (404, "provider.unknown")


async def test_one_that_a_chain_names_is_retired_by_force_only() -> None:
    control = _control()
    control.store.contents.chains[ChainId("main")] = chain_of("openai")
    async with control.client() as client:
        refused = await client.delete("/api/providers/openai")
        forced = await client.delete("/api/providers/openai?force=true")
    assert problem(refused) == (409, "provider.in_use", None)
    assert "main" in refused.json()["error"]["message"]
    assert forced.status_code == 200


async def test_an_answer_says_that_the_file_declares_the_entry() -> None:
    control = _control()
    control.store.contents.digests["provider:openai"] = "0" * 64
    async with control.client() as client:
        revised = await client.patch("/api/providers/openai", json={"weight": 1})
        removed = await client.delete("/api/providers/openai")
    assert revised.json()["declared"] is True
    assert removed.json() == {"name": "openai", "declared": True}


async def test_a_literal_of_the_file_is_not_shown() -> None:
    control = FakeControl()
    control.store.contents.providers[OPENAI] = replace(
        plain_settings(OPENAI), credential="sk-verysecret", headers={"api-key": "sk-verysecret"}
    )
    async with control.client() as client:
        answer = await client.get("/api/providers")
    assert "verysecret" not in answer.text
    assert answer.json()[0]["credential"] == "***"
