from dataclasses import replace
from datetime import timedelta

from rich.console import Console
from tests.support.statuses import APPLIED, HEALTH, gateway_status
from tests.unit.interfaces.cli.test_alerts import FIRING

from turnout.application.health.standing import CircuitState
from turnout.domain.health.circuit import Reason
from turnout.interfaces.cli.screen import screen
from turnout.interfaces.cli.status_actions import GatewayStatus, ReloadError


def drawn(status: GatewayStatus) -> str:
    console = Console(width=160, no_color=True)
    with console.capture() as capture:
        console.print(screen(status, "1h"))
    return capture.get()


def line(text: str, word: str) -> str:
    return next(each for each in text.splitlines() if word in each)


def test_a_gateway_that_is_well() -> None:
    text = drawn(gateway_status())
    assert "data plane: http://127.0.0.1:8080" in text
    assert "revision 7, applied at 2026-01-01 00:00:00 UTC" in text
    for cell in ("1 of 1", "1,250", "2.00%", "0.250 s", "0.750 s", "1.5000"):
        assert cell in line(text, "1 of 1")
    for cell in ("1,200", "99.00%", "13", "3"):
        assert cell in line(text, "main")
    assert "alerts: none" in text
    assert "not asked now" not in text


def test_what_is_wrong_with_the_file_is_told() -> None:
    well = gateway_status()
    error = ReloadError(APPLIED + timedelta(seconds=1), ["a.yaml:1: no"])
    bad = replace(well.configuration, last_error=error, needs_restart=["server.port"])
    text = drawn(replace(well, configuration=bad))
    assert "not used: a.yaml:1: no" in text
    assert "in force after a restart only: server.port" in text


def test_what_is_away_and_alerts_are_told() -> None:
    well = gateway_status()
    opened = replace(HEALTH, state=CircuitState.OPEN, admits=False, reason=Reason.STRIKES)
    cooling = replace(HEALTH, deployment="a/n", admits=False, cooling_down=True)
    text = drawn(replace(well, health=[opened, cooling], alerts=[FIRING]))
    assert "0 of 2" in text
    assert "strikes" in line(text, "a/m ")
    assert "cooling down" in line(text, "a/n")
    assert "a/m is slow" in text


def test_a_silenced_alert_says_so() -> None:
    text = drawn(replace(gateway_status(), alerts=[replace(FIRING, silenced_until=9.0)]))
    assert "silenced" in line(text, "a/m is slow")


def test_a_provider_that_nobody_asked_has_no_figures() -> None:
    status = gateway_status()
    quiet = replace(HEALTH, deployment="b/m", provider="b")
    assert " 0 " in line(drawn(replace(status, health=[quiet])), "1 of 1")
