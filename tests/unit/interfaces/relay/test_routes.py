"""A table of paths."""

import pytest

from turnout.interfaces.relay.exchange import Exchange
from turnout.interfaces.relay.openai.failures import Refused
from turnout.interfaces.relay.routes import Routes


async def chat(exchange: Exchange) -> None: ...
async def models(exchange: Exchange) -> None: ...
async def model(exchange: Exchange) -> None: ...


ROUTES = Routes({("POST", "/chat"): chat, ("GET", "/models"): models}, {("GET", "/models/"): model})


@pytest.mark.parametrize(
    ("method", "path", "endpoint"),
    [
        ("POST", "/chat", chat),
        ("GET", "/models", models),
        ("HEAD", "/models", models),
        ("GET", "/models/openai/gpt-4", model),
        ("HEAD", "/models/x", model),
        ("OPTIONS", "/chat", None),
        ("OPTIONS", "/models/x", None),
    ],
)
def test_what_is_there_is_found(method: str, path: str, endpoint: object) -> None:
    assert ROUTES.find(method, path) is endpoint


@pytest.mark.parametrize("path", ["/", "", "/chat/", "/models/", "/modelsx", "//chat"])
def test_what_is_not_there_is_refused(path: str) -> None:
    with pytest.raises(Refused) as refused:
        ROUTES.find("GET", path)
    assert refused.value.refusal.status == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/chat", "OPTIONS, POST"),
        ("POST", "/models", "GET, HEAD, OPTIONS"),
        ("DELETE", "/models/x", "GET, HEAD, OPTIONS"),
    ],
)
def test_another_method_is_refused_with_those_that_are_allowed(
    method: str, path: str, allowed: str
) -> None:
    with pytest.raises(Refused) as refused:
        ROUTES.find(method, path)
    assert refused.value.refusal.status == 405
    assert dict(refused.value.refusal.headers) == {"allow": allowed}
    assert ROUTES.allowed(path) == allowed
