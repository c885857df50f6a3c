from tests.fakes.pages import FakeDataPlane, page_handlers
from tests.support.control import FakeControl, problem

from turnout.domain.governance.roles import Role

BODY = b'{"model": "default"}'


async def test_a_chat_is_passed_on_with_its_own_key_and_answered_as_it_was() -> None:
    plane = FakeDataPlane(status=429)
    async with FakeControl(pages=page_handlers(plane=plane)).client() as client:
        answer = await client.post(
            "/api/playground/chat", content=BODY, headers={"x-turnout-access-key": "sk-to-1"}
        )
    assert (answer.status_code, answer.content) == (429, b"said: " + BODY)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-turnout-provider"] == "a"
    assert plane.asked == [(BODY, "sk-to-1")]


async def test_an_admins_own_token_is_not_passed_on() -> None:
    plane = FakeDataPlane()
    control = FakeControl(pages=page_handlers(plane=plane))
    headers = control.people.token("op", Role.OPERATOR)
    async with control.client() as client:
        await client.post("/api/playground/chat", content=BODY, headers=headers)
    assert plane.asked == [(BODY, None)]


async def test_a_data_plane_that_is_not_there_is_told_so() -> None:
    async with FakeControl(pages=page_handlers(plane=FakeDataPlane(None))).client() as client:
        answer = await client.post("/api/playground/chat", content=BODY)
        where = (await client.get("/api/playground")).json()
    assert problem(answer)[:2] == (503, "playground.unreachable")
    assert where == {"url": "http://127.0.0.1:1", "asks_for_keys": False}
