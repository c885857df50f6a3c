import pytest
from tests.fakes.alerting import FakeAlertStore
from tests.fakes.system import CountingIds, FrozenClock

from turnout.application.commands.silence_alerts import (
    EndSilence,
    EndSilenceHandler,
    SilenceAlerts,
    SilenceAlertsHandler,
)
from turnout.domain.alerting.rule import RuleName
from turnout.domain.shared.errors import DomainError


async def test_a_silence_begins_now_and_ends_by_itself_or_earlier() -> None:
    store, clock = FakeAlertStore(), FrozenClock()
    silence = SilenceAlertsHandler(store, CountingIds(), clock)
    made = await silence(SilenceAlerts(RuleName.LATENCY, "a", 60.0, "ada", "known"))
    assert (made.id, made.until, made.by) == ("sil_1", clock.epoch_seconds() + 60, "ada")
    end = EndSilenceHandler(store, clock)
    await end(EndSilence("sil_1"))
    assert await store.silences(clock.epoch_seconds()) == []
    with pytest.raises(DomainError) as refused:
        await end(EndSilence("sil_1"))
    assert refused.value.code == "silence.unknown"


@pytest.mark.parametrize(
    ("subject", "seconds", "code"),
    [(None, 60.0, "silence.empty"), ("a", 0.0, "silence.not_positive")],
)
async def test_what_cannot_be_is_refused_and_not_kept(
    subject: str | None, seconds: float, code: str
) -> None:
    store = FakeAlertStore()
    silence = SilenceAlertsHandler(store, CountingIds(), FrozenClock())
    with pytest.raises(DomainError) as refused:
        await silence(SilenceAlerts(None, subject, seconds, "ada"))
    assert (refused.value.code, store.quiet) == (code, {})
