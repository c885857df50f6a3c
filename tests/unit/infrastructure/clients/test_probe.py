import pytest
from tests.support.clients import SECRET, served
from tests.support.upstream import whole

from turnout.domain.inference.failure import FailureKind, ProviderFailure


async def test_models_are_listed_without_spending_tokens() -> None:
    body = b'{"data":[{"id":"a"},{"id":"b"}]}'
    async with served(whole(200, body), "/v1") as (server, p):
        assert await p.probe.models() == ("a", "b")
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.body) == ("GET", "/v1/models", b"")
    assert asked.headers["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"{}", FailureKind.AUTH),
        (200, b"<html>", FailureKind.MALFORMED),
        (503, b"", FailureKind.OVERLOADED),
    ],
)
async def test_what_is_no_list_fails(status: int, body: bytes, kind: FailureKind) -> None:
    async with served(whole(status, body)) as (_, p):
        with pytest.raises(ProviderFailure) as caught:
            await p.probe.models()
    assert caught.value.kind is kind
