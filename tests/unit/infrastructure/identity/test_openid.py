"""The adapter against a provider on a socket that really signs; nothing here is faked but time."""

import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from tests.fakes.system import FrozenClock
from tests.support.control import FakeControl, problem, serving_control
from tests.support.oidc_provider import AUDIENCE, CLIENT, SECRET, LocalProvider, local_provider
from tests.support.people import FakePeople

from turnout.application.ports.identity import Identity, IdentityRefused, LoginBegun
from turnout.infrastructure.identity.openid import OpenIdProvider, OpenIdSettings
from turnout.infrastructure.identity.secrets import RandomSecrets
from turnout.infrastructure.transport.engine import EngineOptions
from turnout.infrastructure.transport.httpx_engine import HttpxEngine

BACK = "http://127.0.0.1/back"


@pytest.fixture
async def provider() -> AsyncIterator[LocalProvider]:
    async with local_provider() as provider:
        yield provider


@pytest.fixture
async def openid(provider: LocalProvider) -> AsyncIterator[OpenIdProvider]:
    engine = HttpxEngine(EngineOptions())
    settings = OpenIdSettings(provider.issuer, CLIENT, SECRET, AUDIENCE)
    yield OpenIdProvider(settings, engine, RandomSecrets(), FrozenClock())
    await engine.close()


async def _code(begun: LoginBegun) -> str:
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(begun.url)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["state"] == [begun.state]
    return query["code"][0]


async def test_a_login_by_code_tells_who_came_back(openid: OpenIdProvider) -> None:
    begun = await openid.begin_login(BACK)
    code = await _code(begun)
    assert await openid.finish_login(code, begun, BACK) == Identity("ann", frozenset({"staff"}))
    with pytest.raises(IdentityRefused, match=r"400 \(invalid_grant\)"):
        await openid.finish_login(code, begun, BACK)


async def test_no_two_logins_are_alike(openid: OpenIdProvider) -> None:
    one, other = await openid.begin_login(BACK), await openid.begin_login(BACK)
    secrets = {one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}
    assert len(secrets) == 6
    assert one.verifier not in one.url


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"azp": "another"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": None},
        {"nbf": int(time.time()) + 3600},
        {"sub": None},
        {"sub": 7},
    ],
)
async def test_an_id_token_that_is_not_of_this_login_is_refused(
    provider: LocalProvider, openid: OpenIdProvider, changes: dict[str, Any]
) -> None:
    provider.changes = changes
    begun = await openid.begin_login(BACK)
    code = await _code(begun)
    with pytest.raises(IdentityRefused):
        await openid.finish_login(code, begun, BACK)


async def test_the_code_is_worth_nothing_without_the_verifier(openid: OpenIdProvider) -> None:
    begun = await openid.begin_login(BACK)
    with pytest.raises(IdentityRefused, match="invalid_grant"):
        await openid.finish_login(await _code(begun), replace(begun, verifier="v" * 43), BACK)


async def test_a_bearer_token_is_good_for_its_audience_alone(
    provider: LocalProvider, openid: OpenIdProvider
) -> None:
    good = provider.token(AUDIENCE, sub="robot", groups="staff")
    assert await openid.identify(good) == Identity("robot", frozenset({"staff"}))
    with pytest.raises(IdentityRefused, match="InvalidAudienceError"):
        await openid.identify(provider.token(CLIENT, sub="robot"))


async def test_keys_are_known_by_their_ids_and_new_ones_are_found(
    provider: LocalProvider, openid: OpenIdProvider
) -> None:
    await openid.identify(provider.token(AUDIENCE, sub="robot"))
    await openid.identify(provider.token(AUDIENCE, sub="robot"))
    assert provider.asked == ["discovery", "keys"]
    provider.add_ec_key("rsa-1-but-longer")
    token = provider.token(AUDIENCE, key="rsa-1-but-longer", sub="robot")
    with pytest.raises(IdentityRefused, match="does not have"):
        await openid.identify(token)
    clock = openid._keys._clock
    assert isinstance(clock, FrozenClock)
    clock.move(30)
    assert (await openid.identify(token)).name == "robot"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_only_the_providers_kind_of_signature_counts(
    provider: LocalProvider, openid: OpenIdProvider, algorithm: str
) -> None:
    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": AUDIENCE, "iat": now, "exp": now + 60, "sub": "eve"}
    key = None if algorithm == "none" else "k" * 32
    token = jwt.encode(claims, key, algorithm, headers={"kid": "rsa-1"})  # type: ignore[arg-type]
    with pytest.raises(IdentityRefused, match=f"by the algorithm '{algorithm}'"):
        await openid.identify(token)


async def test_a_token_that_was_changed_is_refused(
    provider: LocalProvider, openid: OpenIdProvider
) -> None:
    head, _, signature = provider.token(AUDIENCE, sub="robot").split(".")
    forged = urlsafe_b64encode(b'{"sub":"root"}').rstrip(b"=").decode()
    for token in (f"{head}.{forged}.{signature}", f"{head}..{signature}", "a.b.c", ""):
        with pytest.raises(IdentityRefused):
            await openid.identify(token)


async def test_groups_may_lie_deeper_and_names_elsewhere(provider: LocalProvider) -> None:
    engine = HttpxEngine(EngineOptions())
    settings = OpenIdSettings(
        provider.issuer,
        CLIENT,
        audience=AUDIENCE,
        groups_claim="realm_access.roles",
        name_claim="email",
    )
    openid = OpenIdProvider(settings, engine, RandomSecrets(), FrozenClock())
    deeper = {"roles": ["a", 7]}
    claims: dict[str, Any] = {"sub": "1", "email": "ann@example.org", "realm_access": deeper}
    found = await openid.identify(provider.token(AUDIENCE, **claims))
    flat = provider.token(AUDIENCE, sub="1", email="b", realm_access="x")
    assert found == Identity("ann@example.org", frozenset({"a"}))
    assert (await openid.identify(flat)).groups == frozenset()
    await engine.close()


async def test_a_browser_signs_in_over_real_sockets(
    provider: LocalProvider, openid: OpenIdProvider
) -> None:
    people = FakePeople()
    people.identities = openid  # type: ignore[assignment]
    control = FakeControl(people=people)
    async with (
        serving_control(control.app()) as address,
        httpx.AsyncClient(base_url=address, follow_redirects=True) as browser,
    ):
        assert problem(await browser.get("/api/providers"))[0] == 401
        await browser.get("/api/session/oidc")
        told = (await browser.get("/api/session")).json()
        refused = await browser.post(
            "/api/providers/x/enable", headers={"x-csrf-token": told["csrf_token"]}
        )
        provider.claims = {"sub": "eve", "groups": ["guests"]}
        stranger = await browser.get("/api/session/oidc")
    assert (told["name"], told["role"]) == ("ann", "viewer")
    assert problem(refused)[:2] == (403, "access.forbidden")
    assert problem(stranger)[:2] == (403, "session.no_role")
