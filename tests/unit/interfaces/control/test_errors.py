import pytest
from tests.support.control import FakeControl, problem

from turnout.interfaces.control.errors import status_of


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("provider.unknown", 404),
        ("route.unknown_model", 404),
        ("chain.exists", 409),
        ("provider.in_use", 409),
        ("chain.changed_meanwhile", 409),
        ("chain.unknown_target", 422),
        ("chain.unknown_model", 422),
        ("timeouts.not_positive", 422),
        ("something.new", 422),
    ],
)
def test_each_code_has_its_status(code: str, status: int) -> None:
    assert status_of(code) == status


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/nothing", (404, "request.not_found", None)),
        ("PUT", "/api/providers", (405, "request.method_not_allowed", None)),
    ],
)
async def test_errors_of_the_framework_have_the_one_shape(
    method: str, path: str, expected: tuple[int, str, None]
) -> None:
    async with FakeControl().client() as client:
        answer = await client.request(method, path)
    assert problem(answer) == expected
    assert f"{method} {path}" in answer.json()["error"]["message"]


async def test_an_unexpected_error_tells_nothing() -> None:
    control = FakeControl()
    control.answer = None  # type: ignore[assignment]  # a fault of ours
    async with control.client() as client:
        answer = await client.get("/api/routes/explain?model=m")
    assert problem(answer) == (500, "internal", None)
    assert "NoneType" not in answer.text
