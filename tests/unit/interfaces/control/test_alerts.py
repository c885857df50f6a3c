"""`/api/alerts` and `/api/silences`."""

from tests.fakes.alerting import FakeAlertStore, FakePostman, alert_handlers
from tests.support.control import FakeControl, problem

from turnout.application.ports.alerting import AlertSettings, Channel, ChannelKind, Outgoing
from turnout.domain.alerting.alert import Alert, AlertState
from turnout.domain.alerting.book import Notice, NoticeKind
from turnout.domain.alerting.rule import RuleName, Severity

ALERT = Alert(
    rule=RuleName.LATENCY,
    subject="a/m",
    group="a",
    severity=Severity.PAGE,
    summary="slow",
    state=AlertState.FIRING,
    since=1.0,
    seen_at=3.0,
    fired_at=2.0,
)
SETTINGS = AlertSettings(
    channels={
        "hook": Channel(ChannelKind.WEBHOOK, "https://planted", "planted", (Severity.PAGE,)),
        "gone": Channel(ChannelKind.APPRISE, "broken"),
    }
)


async def test_alerts_are_listed_with_how_they_stand() -> None:
    store = FakeAlertStore(kept={ALERT.fingerprint: ALERT})
    async with FakeControl(alerts=alert_handlers(store)).client() as client:
        (row,) = (await client.get("/api/alerts")).json()
    assert (row["fingerprint"], row["state"], row["severity"]) == ("latency:a/m", "firing", "page")
    assert row["silenced_until"] is None


async def test_rules_are_all_there_is() -> None:
    async with FakeControl().client() as client:
        rows = (await client.get("/api/alerts/rules")).json()
    assert {row["name"] for row in rows} == set(RuleName)


async def test_channels_are_shown_without_their_secrets() -> None:
    async with FakeControl(alerts=alert_handlers(settings=SETTINGS)).client() as client:
        answer = await client.get("/api/alerts/channels")
    assert "planted" not in answer.text
    assert answer.json()[0] == {
        "name": "hook",
        "kind": "webhook",
        "signed": True,
        "severities": ["page"],
    }


async def test_a_channel_can_be_tried() -> None:
    postman = FakePostman()
    handlers = alert_handlers(settings=SETTINGS, postman=postman)
    async with FakeControl(alerts=handlers).client() as client:
        assert (await client.post("/api/alerts/channels/hook/test")).status_code == 204
        gone = await client.post("/api/alerts/channels/gone/test")
        unknown = await client.post("/api/alerts/channels/hok/test")
    assert len(postman.sent) == 1
    assert problem(gone) == (422, "channel.not_delivered", None)
    assert problem(unknown) == (404, "channel.unknown", None)


async def test_deliveries_tell_how_notices_fared() -> None:
    store = FakeAlertStore()
    notice = Notice(NoticeKind.FIRING, "a", Severity.PAGE, 1.0, ())
    await store.keep([], [], [Outgoing("1", "hook", notice)])
    async with FakeControl(alerts=alert_handlers(store)).client() as client:
        (row,) = (await client.get("/api/alerts/deliveries")).json()
        refused = await client.get("/api/alerts/deliveries", params={"limit": 0})
    assert (row["id"], row["kind"], row["gave_up"]) == ("1", "firing", False)
    assert problem(refused) == (422, "request.invalid", "limit")


async def test_a_silence_is_made_listed_and_ended() -> None:
    async with FakeControl(alerts=alert_handlers(FakeAlertStore())).client() as client:
        body = {"rule": "latency", "subject": "a", "seconds": 60, "reason": "known"}
        made = await client.post("/api/silences", json=body)
        assert (made.status_code, made.json()["by"]) == (201, "local")
        assert (await client.get("/api/silences")).json() == [made.json()]
        path = f"/api/silences/{made.json()['id']}"
        assert (await client.delete(path)).status_code == 204
        assert problem(await client.delete(path)) == (404, "silence.unknown", None)


async def test_a_bad_silence_names_the_field() -> None:
    async with FakeControl().client() as client:
        answers = [
            await client.post("/api/silences", json=body)
            for body in (
                {"seconds": 60},
                {"subject": "a", "seconds": 0},
                {"rule": "nonsense", "seconds": 60},
                {"subject": "a", "seconds": 60, "until": 5},
            )
        ]
    assert [problem(answer)[2] for answer in answers] == ["subject", "seconds", "rule", "until"]
    assert {answer.status_code for answer in answers} == {422}
