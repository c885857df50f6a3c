from collections.abc import Callable
from threading import Event

import pytest
from tests.fakes.system import FrozenClock

from turnout.application.ports.secret_store import SecretMissing
from turnout.infrastructure.secrets.managed import ManagedSecrets, UnreadableSecret

REFERENCE = "vault:secret/openai#api_key"


class Manager:
    """Has one secret, or raises."""

    def __init__(self) -> None:
        self.secret: str | Exception = "sk-planted"
        self.asked: list[tuple[str, str | None]] = []
        self.block: Event | None = None

    def read(self, name: str, field: str | None) -> str:
        self.asked.append((name, field))
        if self.block is not None:
            self.block.wait(10)
        if isinstance(self.secret, Exception):
            raise self.secret
        return self.secret


CLOCK = FrozenClock()


def managed(
    manager: Manager, timeout_seconds: float = 5.0, clock: FrozenClock = CLOCK
) -> ManagedSecrets:
    makers: dict[str, Callable[[], Manager]] = {"vault": lambda: manager}
    return ManagedSecrets(makers, clock, timeout_seconds=timeout_seconds, refresh_seconds=60.0)


def problem(secrets: ManagedSecrets) -> str:
    with pytest.raises(SecretMissing) as missing:
        secrets.reveal(REFERENCE)
    return missing.value.message


async def test_what_was_asked_for_is_read_beforehand() -> None:
    manager = Manager()
    secrets = managed(manager)
    await secrets.refresh()
    assert manager.asked == []
    assert "has not been read yet" in problem(secrets)
    await secrets.refresh_if_due()
    assert secrets.reveal(REFERENCE) == "sk-planted"
    assert manager.asked == [("secret/openai", "api_key")]


async def test_a_change_is_told_once() -> None:
    manager = Manager()
    secrets = managed(manager)
    problem(secrets)
    await secrets.refresh()
    assert secrets.take_change()
    await secrets.refresh()
    assert not secrets.take_change()
    manager.secret = "sk-new"
    await secrets.refresh()
    assert secrets.take_change()
    assert secrets.reveal(REFERENCE) == "sk-new"


async def test_a_secret_that_cannot_be_read_stays_what_it_was() -> None:
    manager = Manager()
    secrets = managed(manager)
    problem(secrets)
    await secrets.refresh()
    manager.secret = UnreadableSecret("Vault has no such secret")
    with pytest.raises(SecretMissing, match="no such secret"):
        await secrets.refresh()
    assert secrets.reveal(REFERENCE) == "sk-planted"


async def test_a_librarys_own_words_are_not_repeated() -> None:
    manager = Manager()
    manager.secret = RuntimeError("sk-planted was sent")
    secrets = managed(manager)
    problem(secrets)
    with pytest.raises(SecretMissing, match="reading it failed with RuntimeError"):
        await secrets.refresh()
    assert "sk-planted" not in problem(secrets)


async def test_nobody_waits_for_a_silent_manager_longer_than_is_set() -> None:
    manager = Manager()
    manager.block = Event()
    secrets = managed(manager, 0.05)
    problem(secrets)
    with pytest.raises(SecretMissing, match=r"no answer within 0\.05 s"):
        await secrets.refresh()
    manager.block.set()
    assert "no answer" in problem(secrets)


async def test_all_is_read_again_when_it_is_due_and_sooner_after_a_failure() -> None:
    manager, clock = Manager(), FrozenClock()
    secrets = managed(manager, clock=clock)
    problem(secrets)
    await secrets.refresh_if_due()
    await secrets.refresh_if_due()
    assert len(manager.asked) == 1
    clock.move(60.0)
    manager.secret = UnreadableSecret("Vault is sealed")
    with pytest.raises(SecretMissing):
        await secrets.refresh_if_due()
    clock.move(4.9)
    await secrets.refresh_if_due()
    assert len(manager.asked) == 2
    clock.move(0.1)
    manager.secret = "sk-new"
    await secrets.refresh_if_due()
    assert secrets.reveal(REFERENCE) == "sk-new"
