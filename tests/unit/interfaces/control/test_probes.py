from tests.support.control import FakeControl


async def test_a_live_process_is_healthy() -> None:
    async with FakeControl(is_ready=False).client() as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_it_is_ready_once_there_is_a_configuration() -> None:
    control = FakeControl(is_ready=False)
    async with control.client() as client:
        before = await client.get("/readyz")
        control.is_ready = True
        after = await client.get("/readyz")
    assert (before.status_code, before.json()) == (503, {"status": "starting"})
    assert (after.status_code, after.json()) == (200, {"status": "ok"})
