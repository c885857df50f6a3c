"""Who gets in, and what each role may do: every endpoint times every role."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from tests.support.control import LOOPBACK, FakeControl, problem
from tests.support.people import PASSWORD

from turnout.domain.governance.roles import PERMISSIONS, Permission, Role
from turnout.interfaces.control.access import METRICS_PATH, OPEN_PATHS, Door, Needs
from turnout.interfaces.control.cookies import csrf_token

TOKEN = "correct horse battery staple"
OPEN = ["/healthz", "/readyz", "/docs", "/docs/swagger-ui.css", "/openapi.json"]
GUARDED = ["/api/providers", "/api/providers/x", "/api/chains", "/api", "//api/providers", "/else"]


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x"],
)
async def test_without_the_token_nothing_is_told(path: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    async with FakeControl().client(TOKEN) as client:
        answer = await client.get(path, headers=headers)
    assert problem(answer) == (401, "access.denied", None)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in answer.text


async def test_with_the_token_everything_is_open_under_any_name() -> None:
    headers = {
        "authorization": f"bearer {TOKEN}",
        "host": "turnout.example.invalid",
        "origin": "http://a.invalid",
    }
    async with FakeControl().client(TOKEN) as client:
        answer = await client.get("/api/providers", headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("path", OPEN)
async def test_probes_and_documentation_are_always_open(path: str, token: str | None) -> None:
    async with FakeControl().client(token) as client:
        answer = await client.get(path, headers={"host": "turnout.example.invalid"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8081", "127.0.0.1:8081", "[::1]:8081", "10.0.0.7"]
)
async def test_without_a_token_addresses_may_be_used(host: str) -> None:
    async with FakeControl().client() as client:
        answer = await client.get("/api/providers", headers={"host": host})
        own_page = await client.get(
            "/api/providers", headers={"host": host, "origin": f"http://{host}"}
        )
    assert (answer.status_code, own_page.status_code) == (200, 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "attacker.invalid"},  # a name that was made to point to this machine
        {"host": "attacker.invalid", "origin": "http://attacker.invalid"},
        {"host": ""},
        {"host": "127.0.0.1:8081", "origin": "http://attacker.invalid"},
        {"host": "127.0.0.1:8081", "origin": "http://127.0.0.1:9999"},
        {"host": "127.0.0.1:8081", "origin": "null"},
    ],
)
async def test_without_a_token_other_sites_pages_are_refused(headers: dict[str, str]) -> None:
    async with FakeControl().client() as client:
        answer = await client.post("/api/providers/x/disable", headers=headers)
    assert problem(answer) == (403, "access.foreign", None)


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    needed: frozenset[Permission]

    @property
    def is_open(self) -> bool:
        return self.method in OPEN_PATHS.get(self.path, ())


def endpoints() -> list[Endpoint]:
    """Every endpoint of the application, with the permissions that it names."""
    return [
        Endpoint(method, str(route.path), frozenset(_needed(route.dependant)))
        for route in iter_route_contexts(FakeControl().app().routes)
        if isinstance(route.original_route, APIRoute)
        for method in route.methods or ()
    ]


def _needed(dependant: Dependant) -> Iterator[Permission]:
    if isinstance(dependant.call, Needs):
        yield dependant.call.permission
    for inner in dependant.dependencies:
        yield from _needed(inner)


ENDPOINTS = endpoints()


def test_every_endpoint_names_a_permission_or_is_open_by_name() -> None:
    assert len(ENDPOINTS) > 30
    assert [each for each in ENDPOINTS if bool(each.needed) == each.is_open] == []
    listed = {(method, path) for path, methods in OPEN_PATHS.items() for method in methods}
    there = {(each.method, each.path.rstrip("/") or "/") for each in ENDPOINTS}
    there |= {("GET", "/openapi.json")}
    assert listed - there == set(), "these are gone"


def test_every_permission_is_asked_for_by_an_endpoint_that_writes_or_reads() -> None:
    reads = {each for endpoint in ENDPOINTS for each in endpoint.needed if endpoint.method == "GET"}
    writes = {each for endpoint in ENDPOINTS for each in endpoint.needed} - reads
    assert Permission.CATALOG_WRITE in writes
    assert Permission.AUDIT_READ in reads


Asked = Callable[[Endpoint], Awaitable[tuple[httpx.Response, dict[Role, httpx.Response]]]]


@pytest.fixture(scope="module")
def asked() -> Asked:
    """What an endpoint answers to a stranger, and to each role; one application for all of them."""
    control = FakeControl()
    roles = {role: control.people.token(role, role) for role in Role}
    transport = httpx.ASGITransport(control.app(), raise_app_exceptions=False)

    async def ask(endpoint: Endpoint) -> tuple[httpx.Response, dict[Role, httpx.Response]]:
        name = {"name": "nobody", "asset": "swagger-ui.css", "id": "nobody", "provider": "x"}
        path = endpoint.path.format(**name)
        async with httpx.AsyncClient(transport=transport, base_url=LOOPBACK) as client:
            stranger = await client.request(endpoint.method, path, json={})
            return stranger, {
                role: await client.request(endpoint.method, path, json={}, headers=headers)
                for role, headers in roles.items()
            }

    return ask


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda each: f"{each.method} {each.path}")
async def test_every_role_may_do_what_the_table_says(endpoint: Endpoint, asked: Asked) -> None:
    stranger, answers = await asked(endpoint)
    if endpoint.is_open:
        assert "access.denied" not in stranger.text
        assert all("access." not in answer.text for answer in answers.values())
        return
    if endpoint.path != METRICS_PATH:  # this machine may read those unknown: see test_metrics.py
        assert problem(stranger) == (401, "access.denied", None)
    for role, answer in answers.items():
        if endpoint.needed <= PERMISSIONS[role]:
            assert answer.status_code not in (401, 403, 500), role
        else:
            assert problem(answer) == (403, "access.forbidden", None), role


async def test_a_refused_write_is_written_down_and_a_refused_read_is_not() -> None:
    control = FakeControl()
    viewer = control.people.token("eyes", Role.VIEWER)
    async with control.client() as client:
        await client.delete("/api/providers/groq", headers=viewer)
        await client.get("/api/users", headers=viewer)
    assert control.people.log.told() == [
        ("eyes", "retire_provider", "/api/providers/groq", "refused")
    ]
    assert control.people.log.rows[0].deed.actor.address == "127.0.0.1"


async def test_the_first_user_or_token_ends_the_time_when_this_machine_is_enough() -> None:
    control = FakeControl()
    async with control.client() as client:
        assert (await client.get("/api/providers")).status_code == 200
        control.people.user("ann", Role.ADMIN)
        assert problem(await client.get("/api/providers"))[0] == 401
    control = FakeControl()
    async with control.client() as client:
        control.people.token("ci", Role.VIEWER)
        assert problem(await client.get("/api/providers"))[0] == 401


async def test_where_others_can_reach_it_nobody_gets_in_before_the_first_user() -> None:
    async with FakeControl().client(door=Door(is_local=False)) as client:
        assert problem(await client.get("/api/providers"))[:2] == (401, "access.denied")
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize("shown", ["token-of-old", "token-of-nobody", "a.b.c"])
async def test_a_token_that_has_expired_or_is_unknown_is_refused(shown: str) -> None:
    control = FakeControl()
    control.people.token("old", Role.ADMIN, expires_at=control.people.clock.epoch)
    async with control.client() as client:
        answer = await client.get("/api/providers", headers={"authorization": f"Bearer {shown}"})
    assert problem(answer) == (401, "access.denied", None)


@pytest.mark.parametrize(
    "headers, told",
    [
        ({}, "access.csrf"),
        ({"x-csrf-token": "0" * 64}, "access.csrf"),
        ({"x-csrf-token": "GOOD", "origin": "http://attacker.invalid"}, "access.csrf"),
        ({"x-csrf-token": "GOOD", "sec-fetch-site": "same-site"}, "access.csrf"),
        ({"x-csrf-token": "GOOD", "origin": "http://127.0.0.1"}, None),
        ({"x-csrf-token": "GOOD", "sec-fetch-site": "same-origin"}, None),
        ({"x-csrf-token": "GOOD"}, None),
    ],
)
async def test_a_write_that_a_cookie_speaks_for_needs_more(
    headers: dict[str, str], told: str | None
) -> None:
    control = FakeControl()
    control.people.user("ann", Role.ADMIN)
    async with control.client() as client:
        await client.post("/api/session", json={"name": "ann", "password": PASSWORD})
        good = csrf_token(client.cookies["turnout_session"])
        headers = {name: value.replace("GOOD", good) for name, value in headers.items()}
        answer = await client.post("/api/providers/x/enable", headers=headers)
    expected = (404, "provider.unknown") if told is None else (403, told)
    assert problem(answer)[:2] == expected


async def test_other_sites_pages_cannot_sign_anybody_in() -> None:
    control = FakeControl()
    control.people.user("ann", Role.ADMIN)
    async with control.client() as client:
        answer = await client.post(
            "/api/session",
            json={"name": "ann", "password": PASSWORD},
            headers={"origin": "http://attacker.invalid"},
        )
    assert problem(answer) == (403, "access.foreign", None)
    assert "set-cookie" not in answer.headers
