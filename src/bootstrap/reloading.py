"""Follows the configuration file while the gateway runs: all of a change is applied, or nothing."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from turnout.application.commands.apply_configuration import (
    AppliedConfiguration,
    DeclaredConfiguration,
)
from turnout.bootstrap.configuration import load
from turnout.bootstrap.live_settings import LiveSettings, ReloadStatus
from turnout.bootstrap.telling_settings import LogSettings
from turnout.infrastructure.config.alert_settings import alert_settings_of
from turnout.infrastructure.config.credentials import place_of
from turnout.infrastructure.config.loader import LoadedConfiguration
from turnout.infrastructure.config.restart import needs_restart
from turnout.infrastructure.config.schema import Settings
from turnout.infrastructure.config.watching import configuration_files, fingerprint, secret_files
from turnout.infrastructure.system.clock import SystemClock
from turnout.interfaces.cli.actions import BadConfiguration, BadOptions
from turnout.interfaces.cli.changes import lines_of

LOOK_SECONDS = 0.5
SETTLE_SECONDS = 0.2
"""Files must have stayed the same for so long: whoever writes one may be halfway through."""

Apply = Callable[[DeclaredConfiguration, bool], Awaitable[AppliedConfiguration]]
"""Applies what a file declares, or with True only tries to. Raises BadConfiguration."""
Tell = Callable[[LiveSettings], Awaitable[None]]
"""Hands settings to every plane."""
Check = Callable[[Settings], Awaitable[None]]
"""Raises BadOptions for settings that the running gateway may not take over."""


@dataclass(slots=True)
class Reloader:
    """Looks at the files twice a second, or with `watching` off only when it is nudged.

    `loaded` is the configuration in force: the one that the gateway was started with, then the last
    good one. `read` is the fingerprint that the configuration's files had just before it was read.
    """

    path: Path
    loaded: LoadedConfiguration
    read: str
    apply: Apply
    tell: Tell
    check: Check
    watching: bool = True
    _started_with: Settings = field(init=False)
    _live: LiveSettings = field(init=False)
    _seen: tuple[str, str] = field(init=False)
    _nudge: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    _told: Sequence[str] = field(init=False, default=())

    def __post_init__(self) -> None:
        self._started_with = self.loaded.settings
        self._seen = (self.read, fingerprint(secret_files(self.loaded.declared)))
        self._live = self._live_of(self.loaded, ReloadStatus(self.watching))

    def nudge(self) -> None:
        """Reload as soon as may be, whether anything has changed or not."""
        self._nudge.set()

    async def run(self) -> None:
        """Follow until cancelled."""
        await self.tell(self._live)
        while True:
            if await self._nudged() or (self.watching and await self._has_changed()):
                await self.reload()

    async def reload(self) -> None:
        """Bring everything to what the files say, or keep it and say what is wrong with them."""
        try:
            await self._reload()
        except BadConfiguration as bad:
            await self._refuse(bad.faults)
        except BadOptions as bad:
            await self._refuse([f"{self.path}: {bad}"])
        except Exception as error:  # the store is away, say: the next look tries again
            self._seen = ("", "")
            await self._refuse([f"{type(error).__name__}: {error}"])

    async def _nudged(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._nudge.wait()
        was_set = self._nudge.is_set()
        self._nudge.clear()
        return was_set

    async def _has_changed(self) -> bool:
        """Tell whether the files are others than those last read, and have come to rest."""
        now = await asyncio.to_thread(self._look)
        if now == self._seen:
            return False
        await asyncio.sleep(SETTLE_SECONDS)
        return now == await asyncio.to_thread(self._look)

    def _look(self) -> tuple[str, str]:
        secrets = secret_files(self.loaded.declared)
        return fingerprint(configuration_files(self.path)), fingerprint(secrets)

    async def _reload(self) -> None:
        # What changes after this look, even while it is read, is seen by the next one.
        self._seen = await asyncio.to_thread(self._look)
        loaded = await asyncio.to_thread(_loaded, self.path)
        await self.check(loaded.settings)
        await self.apply(loaded.declared, True)
        applied = await self._take_over(loaded)
        changes = [*lines_of(applied), *_secret_changes(self.loaded, loaded)]
        self.loaded, self._told = loaded, ()
        _print("the configuration was read again:", changes or ["nothing changes"])
        if names := self._live.status.needs_restart:
            _print("in force after a restart only:", names)

    async def _take_over(self, loaded: LoadedConfiguration) -> AppliedConfiguration:
        """Hand out keys first: a provider that is new must not be seen before its key."""
        before, seen = self._live, self._seen
        self._seen = (seen[0], await asyncio.to_thread(fingerprint, secret_files(loaded.declared)))
        live = self._live_of(loaded, before.status)
        await self.tell(replace(live, status=before.status))
        try:
            applied = await self.apply(loaded.declared, False)
        except BaseException:
            self._seen = seen
            await self.tell(before)
            raise
        self._live = live
        await self.tell(live)
        return applied

    def _live_of(self, loaded: LoadedConfiguration, before: ReloadStatus) -> LiveSettings:
        files = configuration_files(self.path) + secret_files(loaded.declared)
        live = LiveSettings(
            access_keys=tuple(loaded.settings.server.access_keys),
            limits=loaded.settings.limits.rules(),
            literal_secrets=loaded.literal_secrets,
            logs=LogSettings(**loaded.settings.logging.model_dump()),
            trace_share=loaded.settings.telemetry.traces.share,
            alerts=alert_settings_of(loaded.settings),
            fingerprint="".join(self._seen),
            status=replace(
                before,
                files=tuple(map(str, files)),
                applied_at=SystemClock().epoch_seconds(),
                needs_restart=needs_restart(self._started_with, loaded.settings),
            ),
        )
        live.to_json()  # it must fit
        return live

    async def _refuse(self, faults: Sequence[str]) -> None:
        if faults != self._told:
            self._told = faults
            _print("the changed configuration is not used, the last good one stays:", faults)
        now = SystemClock().epoch_seconds()
        status = replace(self._live.status, failed_at=now, faults=tuple(faults))
        self._live = replace(self._live, status=status)
        await self.tell(self._live)


def _loaded(path: Path) -> LoadedConfiguration:
    """Load the file. Raises BadConfiguration, also for an empty one: its writer is not done."""
    loaded = load(path)
    if not path.read_bytes().strip():
        raise BadConfiguration([f"{path}: found an empty file, expected providers and chains"])
    return loaded


def _secret_changes(old: LoadedConfiguration, new: LoadedConfiguration) -> list[str]:
    keys = [
        f"~ {place_of(reference)} changed"
        for reference in _changed(old.literal_secrets, new.literal_secrets)
    ]
    if old.settings.server.access_keys != new.settings.server.access_keys:
        keys.append("~ server.access_keys changed")
    if old.settings.alerts != new.settings.alerts:
        keys.append("~ alerts changed")
    if old.settings.limits != new.settings.limits:
        keys.append("~ limits changed")
    if old.settings.logging != new.settings.logging:
        keys.append("~ logging changed")
    return keys


def _changed(old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[str]:
    return (name for name in new if name in old and old[name] != new[name])


def _print(title: str, lines: Iterable[str]) -> None:
    text = "".join(f"\n  {line}" for line in lines)
    print(f"turnout: {title}{text}", file=sys.stderr, flush=True)
