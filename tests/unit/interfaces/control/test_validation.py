import pytest
from tests.support.control import FakeControl, problem

JSON = {"content-type": "application/json"}


async def _message(body: object) -> str:
    async with FakeControl().client() as client:
        answer = await client.post("/api/providers", json=body)
    assert problem(answer)[:2] == (422, "request.invalid")
    return str(answer.json()["error"]["message"])


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("weight", "2", "weight: found '2', expected a whole number"),
        ("weight", 0, "weight: found 0, expected at least 1"),
        ("enabled", "yes", "enabled: found 'yes', expected true or false"),
        ("models", "x", "models: found 'x', expected a list"),
        ("models", [], "models: found a list of 0, expected at least this many entries: 1"),
        ("models", [7], "models[0]: found 7, expected an object"),
        ("models", [{}], "models[0].name: found nothing, expected this field"),
        ("headers", [], "headers: found a value that is not shown, expected an object"),
        ("timeouts", 5, "timeouts: found 5, expected an object"),
        ("wieght", 1, "wieght: found an unknown field, expected one that is known here: did you "),
        ("base_url", "x" * 2001, "..., expected text of at most this many characters: 2000"),
    ],
)
async def test_field_value_and_expectation_are_named(field: str, value: object, says: str) -> None:
    assert says in await _message({"name": "n", "models": ["x"], field: value})


async def test_a_protocol_is_one_of_those_that_are_spoken() -> None:
    message = await _message({"name": "n", "models": ["x"], "protocol": "smtp"})
    assert "protocol: found 'smtp', expected one of 'openai_chat'" in message


async def test_every_fault_is_told_at_once() -> None:
    message = await _message({"weight": 0, "priority": "high"})
    assert [part.partition(":")[0] for part in message.split("; ")] == [
        "name",
        "models",
        "weight",
        "priority",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"name": ', "found no JSON at character 9"),
        (b"", "expected this field"),
        (b"[]", "found a list of 0, expected an object"),
        (b"null", "expected"),
    ],
)
async def test_a_body_that_is_no_object_is_told_so(content: bytes, says: str) -> None:
    async with FakeControl().client() as client:
        answer = await client.post("/api/providers", content=content, headers=JSON)
    assert problem(answer)[0] in {400, 422}
    assert says in answer.json()["error"]["message"]


async def test_a_body_of_another_type_is_told_so() -> None:
    async with FakeControl().client() as client:
        answer = await client.post("/api/providers", content=b"{}")
    assert "application/json" in answer.json()["error"]["message"]
