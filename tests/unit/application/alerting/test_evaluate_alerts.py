"""Looking for alerts: what is stored, what one rule's trouble means for others, who may look."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from tests.fakes.alerting import FakeAlertStore
from tests.fakes.system import FrozenClock

from turnout.application.alerting.evaluate_alerts import EvaluateAlerts
from turnout.application.ports.alerting import AlertSettings, Channel, ChannelKind
from turnout.domain.alerting.alert import Finding
from turnout.domain.alerting.rule import DEFAULT_RULES, AlertRules, RuleName, Severity


@dataclass
class Told:
    """A watch that finds what it is told to, or raises it."""

    rules: Sequence[RuleName]
    findings: list[Finding] = field(default_factory=list)
    failure: Exception | None = None
    looked: int = 0

    async def __call__(self, rules: AlertRules, now: float) -> list[Finding]:
        self.looked += 1
        if self.failure is not None:
            raise self.failure
        return self.findings


CHANNELS = {
    "pager": Channel(ChannelKind.WEBHOOK, "http://a", severities=(Severity.PAGE,)),
    "chat": Channel(ChannelKind.APPRISE, "json://b"),
}
SETTINGS = AlertSettings(AlertRules(group_seconds=0), CHANNELS)
BURN = Finding(RuleName.ERROR_BUDGET_BURN, "a/m", "a", "burns")
PRICE = Finding(RuleName.LATENCY, "a/m", "a", "is slow")


@dataclass
class Scene:
    clock: FrozenClock = field(default_factory=FrozenClock)
    store: FakeAlertStore = field(default_factory=FakeAlertStore)
    burn: Told = field(default_factory=lambda: Told([RuleName.ERROR_BUDGET_BURN]))
    slow: Told = field(default_factory=lambda: Told([RuleName.LATENCY]))
    settings: AlertSettings = SETTINGS
    leads: bool = True

    def __post_init__(self) -> None:
        self.evaluate = self.another()

    def another(self) -> EvaluateAlerts:
        return EvaluateAlerts(
            (self.burn, self.slow),
            self.store,
            self.store,
            lambda: self.settings,
            self.clock,
            lambda: self.leads,
        )

    async def after(self, seconds: float) -> None:
        self.clock.move(seconds)
        await self.evaluate()


async def test_a_page_goes_to_every_channel_that_wants_it_once() -> None:
    scene = Scene(burn=Told([RuleName.ERROR_BUDGET_BURN], [BURN]))
    await scene.evaluate()
    assert sorted(each.channel for each in scene.store.outgoing.values()) == ["chat", "pager"]
    await scene.after(5)
    assert len(scene.store.outgoing) == 2


async def test_a_warning_goes_where_warnings_are_wanted() -> None:
    scene = Scene(slow=Told([RuleName.LATENCY], [PRICE]))
    await scene.evaluate()
    await scene.after(200)
    assert [each.channel for each in scene.store.outgoing.values()] == ["chat"]


async def test_another_process_goes_on_where_one_has_ended() -> None:
    scene = Scene(burn=Told([RuleName.ERROR_BUDGET_BURN], [BURN]))
    await scene.evaluate()
    scene.evaluate = scene.another()
    await scene.after(5)
    assert len(scene.store.outgoing) == 2
    scene.burn.findings = []
    await scene.after(500)
    assert sorted(each.notice.kind for each in scene.store.outgoing.values()) == [
        "firing",
        "firing",
        "resolved",
        "resolved",
    ]


async def test_a_store_that_is_away_loses_no_notice() -> None:
    scene = Scene(burn=Told([RuleName.ERROR_BUDGET_BURN], [BURN]))
    scene.store.failure = OSError("away")
    with pytest.raises(OSError, match="away"):
        await scene.evaluate()
    scene.store.failure = None
    await scene.after(5)
    assert len(scene.store.outgoing) == 2


async def test_what_one_rule_lacks_keeps_no_other_from_looking(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = Scene(slow=Told([RuleName.LATENCY], failure=RuntimeError("no sketch")))
    scene.burn.findings = [BURN]
    await scene.evaluate()
    await scene.after(5)
    assert list(scene.store.kept) == [BURN.fingerprint]
    assert caplog.text.count("cannot look for latency: RuntimeError: no sketch") == 1


async def test_only_the_leader_looks_and_only_when_it_is_time() -> None:
    scene = Scene(leads=False)
    await scene.evaluate()
    assert scene.burn.looked == 0
    scene.leads = True
    await scene.evaluate()
    await scene.after(4.9)
    assert scene.burn.looked == 1
    await scene.after(0.1)
    assert scene.burn.looked == 2


async def test_nobody_looks_for_what_is_switched_off() -> None:
    off = {
        **DEFAULT_RULES,
        RuleName.LATENCY: replace(DEFAULT_RULES[RuleName.LATENCY], enabled=False),
    }
    scene = Scene(settings=AlertSettings(AlertRules(rules=off)))
    await scene.evaluate()
    assert (scene.burn.looked, scene.slow.looked) == (1, 0)
