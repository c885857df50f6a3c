import asyncio
import logging

import pytest
from tests.fakes.clients import FakeProbe
from tests.fakes.system import FrozenClock
from tests.support.in_process import FakeInProcess

from turnout.domain.inference.failure import FailureKind, ProviderFailure
from turnout.domain.shared.ids import DeploymentId
from turnout.interfaces.python.monitor import AIProviderMonitor, ProviderStatus

REFUSED = ProviderFailure(FailureKind.AUTH, "the key is not known")
NOW = FrozenClock().monotonic


async def test_each_provider_is_probed_and_its_failure_told() -> None:
    probes = {"north": FakeProbe(("a", "b")), "south": FakeProbe(REFUSED)}
    monitor = AIProviderMonitor(await FakeInProcess(probes=probes).gateway())
    assert monitor.status == {}
    assert await monitor.check() == {
        "north": ProviderStatus("north", True, "lists 2 models", None),
        "south": ProviderStatus("south", False, "the key is not known", None),
    }
    assert monitor.status["south"].detail == "the key is not known"


async def test_a_disabled_provider_is_not_probed() -> None:
    gateway = await FakeInProcess(probes={"north": FakeProbe(REFUSED)}).gateway()
    await gateway.enable("north", False)
    status = (await AIProviderMonitor(gateway).check())["north"]
    assert not status.reachable
    assert "disabled" in status.detail


async def test_changes_alone_are_told() -> None:
    probe = FakeProbe(("a",))
    told: list[tuple[str, bool]] = []
    monitor = AIProviderMonitor(
        await FakeInProcess(probes={"north": probe}).gateway(),
        on_change=lambda status: told.append((status.provider, status.reachable)),
    )
    await monitor.check()
    await monitor.check()
    probe.names = REFUSED
    await monitor.check()
    assert told == [("north", True), ("south", True), ("north", False)]


async def test_calls_of_all_its_models_count_for_a_provider() -> None:
    fake = FakeInProcess()
    fake.health.of(DeploymentId("north/large")).succeeded(NOW, 0.1)
    fake.health.of(DeploymentId("north/small")).failed(
        ProviderFailure(FailureKind.OVERLOADED, "busy"), NOW, 0.1
    )
    status = await AIProviderMonitor(await fake.gateway()).check()
    assert (status["north"].error_rate, status["south"].error_rate) == (0.5, None)


async def test_monitoring_survives_a_listener_that_raises(
    caplog: pytest.LogCaptureFixture,
) -> None:
    probe = FakeProbe(("a",))
    heard: asyncio.Queue[ProviderStatus] = asyncio.Queue()

    def hear(status: ProviderStatus) -> None:
        heard.put_nowait(status)
        raise ZeroDivisionError

    monitor = AIProviderMonitor(
        await FakeInProcess(probes={"north": probe, "south": probe}).gateway(),
        interval_seconds=0.001,
        on_change=hear,
    )
    with caplog.at_level(logging.CRITICAL + 1):
        monitor.start_monitoring()
        async with asyncio.timeout(10):
            assert (await heard.get()).reachable
            probe.names = REFUSED
            assert not (await heard.get()).reachable
        await monitor.stop_monitoring()
    await monitor.stop_monitoring()
