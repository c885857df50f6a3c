"""Looks at everything that alerts are about, and stores what became of them."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from turnout.application.alerting.watches import Watch
from turnout.application.ports.alerting import (
    AlertSettings,
    AlertStore,
    Outgoing,
    SilenceStore,
)
from turnout.application.ports.system import Clock
from turnout.domain.alerting.alert import Finding
from turnout.domain.alerting.book import AlertBook, Notice
from turnout.domain.alerting.rule import RuleName

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class EvaluateAlerts:
    """Called again and again; looks when its interval is over, and only while it `leads`.

    What is to be told is stored together with the alerts: a process that is killed between two
    steps neither forgets nor repeats.
    """

    watches: Sequence[Watch]
    store: AlertStore
    silences: SilenceStore
    settings: Callable[[], AlertSettings]
    clock: Clock
    leads: Callable[[], bool]
    _due: float = field(default=0.0, init=False)
    _blind: set[RuleName] = field(default_factory=set, init=False)

    async def __call__(self) -> None:
        """Look if it is time. Raises what the stores raise."""
        if not self.leads() or self.clock.monotonic_seconds() < self._due:
            return
        settings, now = self.settings(), self.clock.epoch_seconds()
        self._due = self.clock.monotonic_seconds() + settings.rules.interval_seconds
        before = await self.store.alerts()
        book = AlertBook(dict(before))
        findings, looked = await self._look(settings, now)
        silences = await self.silences.silences(now)
        notices = book.advance(findings, looked, settings.rules, silences, now)
        changed = [each for key, each in book.alerts.items() if before.get(key) != each]
        gone = before.keys() - book.alerts.keys()
        if changed or gone:
            await self.store.keep(changed, gone, list(outgoing_of(notices, settings)))

    async def _look(
        self, settings: AlertSettings, now: float
    ) -> tuple[list[Finding], set[RuleName]]:
        findings: list[Finding] = []
        looked: set[RuleName] = set()
        for watch in self.watches:
            if not any(settings.rules.watched(name) for name in watch.rules):
                continue
            try:
                findings += await watch(settings.rules, now)
            except Exception as problem:  # whatever one rule lacks, the others are looked at
                self._tell_once(watch, problem)
            else:
                looked.update(watch.rules)
        self._blind -= looked
        return findings, looked

    def _tell_once(self, watch: Watch, problem: Exception) -> None:
        if not self._blind.issuperset(watch.rules):
            names = ", ".join(watch.rules)
            logger.warning("cannot look for %s: %s: %s", names, type(problem).__name__, problem)
        self._blind.update(watch.rules)


def outgoing_of(notices: Sequence[Notice], settings: AlertSettings) -> list[Outgoing]:
    """Return each notice once for every channel that wants its severity."""
    return [
        Outgoing(_id_of(notice, name), name, notice)
        for notice in notices
        for name, channel in settings.channels.items()
        if notice.severity in channel.severities
    ]


def _id_of(notice: Notice, channel: str) -> str:
    return f"{notice.kind}:{notice.severity}:{notice.group}:{notice.at:.3f}:{channel}"
