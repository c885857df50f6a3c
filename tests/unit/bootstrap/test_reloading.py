"""What the reloader hands to whom, and when; tests/e2e has it with processes."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from turnout.application.commands.apply_configuration import (
    AppliedConfiguration,
    DeclaredConfiguration,
)
from turnout.bootstrap.configuration import load
from turnout.bootstrap.live_settings import LiveSettings
from turnout.bootstrap.reloading import Reloader
from turnout.infrastructure.config.schema import Settings
from turnout.infrastructure.config.watching import configuration_files, fingerprint
from turnout.interfaces.cli.actions import BadConfiguration, BadOptions


@dataclass
class Gateway:
    """Notes what a reloader does: `log` is what was told and applied, in order."""

    file: Path
    log: list[str] = field(default_factory=list)
    told: list[LiveSettings] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    """Raised by applying for good, one each time."""
    refusal: BadOptions | None = None

    async def apply(self, declared: DeclaredConfiguration, dry_run: bool) -> AppliedConfiguration:
        self.log.append(f"{'try' if dry_run else 'apply'} {', '.join(declared.providers)}")
        if self.failures and not dry_run:
            raise self.failures.pop(0)
        return AppliedConfiguration({})

    async def tell(self, live: LiveSettings) -> None:
        self.log.append(f"tell {', '.join(live.access_keys)}")
        self.told.append(live)

    async def check(self, settings: Settings) -> None:
        if self.refusal is not None:
            raise self.refusal

    def write(self, provider: str, key: str, **sections: object) -> None:
        entry = {"protocol": "openai_chat", "base_url": "http://127.0.0.1:9", "models": ["m"]}
        content = {
            "server": {"access_keys": [key]},
            "ai_providers": {provider: {**entry, "api_key": f"secret-of-{provider}"}},
        }
        self.file.write_text(json.dumps(content | sections))

    def reloader(self) -> Reloader:
        read = fingerprint(configuration_files(self.file))
        return Reloader(self.file, load(self.file), read, self.apply, self.tell, self.check)


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    gateway = Gateway(tmp_path / "turnout.yaml")
    gateway.write("north", "one")
    return gateway


async def test_keys_are_handed_out_before_what_needs_them_and_the_outcome_after(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    reloader = gateway.reloader()
    gateway.write("south", "two", upstream={"http2": False, "keepalive_seconds": 5})
    await reloader.reload()
    assert gateway.log == ["try south", "tell two", "apply south", "tell two"]
    early, late = gateway.told
    assert early.literal_secrets == late.literal_secrets == {"config:south": "secret-of-south"}
    assert early.status.needs_restart == ()
    assert late.status.needs_restart == ("upstream.keepalive_seconds",)
    told = capsys.readouterr().err
    assert "the configuration was read again:\n  ~ server.access_keys changed\n" in told
    assert "in force after a restart only:\n  upstream.keepalive_seconds\n" in told
    assert "secret" not in told


@pytest.mark.parametrize(
    "text, told",
    [
        ("server: {prot: 1}", "turnout.yaml:1: server.prot: found the unknown key 'prot'"),
        ("server: {port: 1", "expected valid YAML"),
        ("", "found an empty file"),
        ("\n \n", "found an empty file"),
    ],
)
async def test_a_bad_file_keeps_the_last_good_one(gateway: Gateway, text: str, told: str) -> None:
    reloader = gateway.reloader()
    in_force = reloader.loaded
    gateway.file.write_text(text)
    await reloader.reload()
    assert reloader.loaded is in_force
    assert gateway.log == ["tell one"]
    (live,) = gateway.told
    assert live.literal_secrets == {"config:north": "secret-of-north"}
    (fault,) = live.status.faults
    assert told in fault
    assert live.status.failed_at is not None


async def test_keys_are_taken_back_when_the_store_refuses(gateway: Gateway) -> None:
    reloader = gateway.reloader()
    gateway.failures = [BadConfiguration(["chain.empty"])]
    gateway.write("south", "two")
    await reloader.reload()
    assert gateway.log == ["try south", "tell two", "apply south", "tell one", "tell one"]
    assert gateway.told[-1].literal_secrets == {"config:north": "secret-of-north"}
    assert gateway.told[-1].status.faults == ("chain.empty",)
    assert not await reloader._has_changed()  # it waits for another file


async def test_a_store_that_is_away_is_asked_again(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    reloader = gateway.reloader()
    gateway.failures = [OSError("away"), OSError("away")]
    gateway.write("south", "two")
    for _ in range(2):
        assert await reloader._has_changed()
        await reloader.reload()
    assert gateway.told[-1].status.faults == ("OSError: away",)
    assert capsys.readouterr().err.count("OSError: away") == 1  # once is enough
    assert await reloader._has_changed()
    await reloader.reload()
    assert not await reloader._has_changed()
    status = gateway.told[-1].status
    assert status.applied_at is not None
    assert status.failed_at is not None
    assert status.applied_at >= status.failed_at


async def test_what_the_running_gateway_may_not_take_over_is_refused(gateway: Gateway) -> None:
    reloader = gateway.reloader()
    gateway.refusal = BadOptions("server.access_keys is empty")
    gateway.write("south", "two")
    await reloader.reload()
    assert gateway.log == ["tell one"]
    assert gateway.told[0].status.faults == (f"{gateway.file}: server.access_keys is empty",)


async def test_a_file_that_changed_while_it_was_first_read_is_read_again(gateway: Gateway) -> None:
    read = fingerprint(configuration_files(gateway.file))
    gateway.write("south", "two")
    loaded = load(gateway.file)
    reloader = Reloader(gateway.file, loaded, read, gateway.apply, gateway.tell, gateway.check)
    assert await reloader._has_changed()


async def test_the_file_of_an_environment_is_followed_too(gateway: Gateway) -> None:
    reloader = gateway.reloader()
    assert not await reloader._has_changed()
    gateway.file.with_name("turnout.development.yaml").write_text("server: {access_keys: [three]}")
    assert await reloader._has_changed()
    await reloader.reload()
    assert gateway.told[-1].access_keys == ("three",)
    assert [Path(file).name for file in gateway.told[-1].status.files] == [
        "turnout.yaml",
        "turnout.development.yaml",
    ]
