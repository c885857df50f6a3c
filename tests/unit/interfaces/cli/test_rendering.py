import pytest
from tests.support.gateways import deployment

from turnout.application.health.standing import CircuitState, Standing
from turnout.application.ports.views import DeploymentRow, ProviderRow
from turnout.application.queries.explain_route import Explanation
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.health.circuit import Reason
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.route_plan import Drop, PlannedTarget, RoutePlan
from turnout.interfaces.cli.actions import Setting
from turnout.interfaces.cli.rendering import show_explanation, show_providers, show_settings


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("│")[1:-1]]


def rows(text: str) -> list[list[str]]:
    return [cells(line) for line in text.splitlines() if line.startswith("│")]


def test_targets_are_numbered_and_tiers_count_from_one(capsys: pytest.CaptureFixture[str]) -> None:
    plan = RoutePlan(
        "default",
        (PlannedTarget(deployment("b"), 0, "b"), PlannedTarget(deployment("a"), 1, "a")),
        (Drop("[c]", 1, "capability", "no [vision]"),),
    )
    show_explanation(Explanation("default", 1, plan, deadline_seconds=60, max_attempts=3))
    found = rows(capsys.readouterr().out)
    assert found == [
        ["1", "1", "b", "m", "m", "-", "chat, streaming, tools"],
        ["2", "2", "a", "m", "m", "-", "chat, streaming, tools"],
        ["[c]", "2", "capability", "no [vision]"],
    ]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (ConcurrencyRules(), "any, or as learnt"),
        (ConcurrencyRules(most=8), "8, or as learnt"),
        (ConcurrencyRules(adaptive=False, most=8), "8"),
    ],
)
def test_how_many_may_be_asked_at_once_is_told(
    capsys: pytest.CaptureFixture[str], rules: ConcurrencyRules, words: str
) -> None:
    target = PlannedTarget(deployment("a"), 0, "a")
    plan = RoutePlan("default", (target,), ())
    show_explanation(Explanation("default", 1, plan, (), 60, 3, concurrency={target.id: rules}))
    assert rows(capsys.readouterr().out)[0][5] == words


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (None, "within 60 s"),
        (HedgeRules(), "beside a first that is silent longer than 19 of 20 are"),
        (HedgeRules(after_seconds=0.5), "beside a first that is silent for 0.5 s"),
    ],
)
def test_hedging_is_told(
    capsys: pytest.CaptureFixture[str], rules: HedgeRules | None, words: str
) -> None:
    plan = RoutePlan("default", (PlannedTarget(deployment("a"), 0, "a"),), ())
    show_explanation(Explanation("default", 1, plan, (), 60, 3, rules))
    assert capsys.readouterr().out.splitlines()[0].endswith(words)


def test_what_brings_equals_their_turn_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    targets = tuple(PlannedTarget(deployment(name), 0, name) for name in "ab")
    plan = RoutePlan("default", targets, ())
    reasons = {target.id: f"why {target.via}" for target in targets}
    show_explanation(
        Explanation("default", 1, plan, deadline_seconds=60, max_attempts=3, reasons=reasons)
    )
    told = capsys.readouterr().out
    assert "by the strategy 'weighted'" in " ".join(told.split())
    assert rows(told)[2:] == [["a/m", "1", "why a"], ["b/m", "1", "why b"]]


def test_targets_that_health_does_not_admit_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    well, ill = PlannedTarget(deployment("b"), 0, "b"), PlannedTarget(deployment("a"), 1, "a")
    standings = {
        well.id: Standing(CircuitState.CLOSED, True, False, None, None, None),
        ill.id: Standing(CircuitState.OPEN, False, False, Reason.PROBE, 3661.0, 3600.0),
    }
    show_explanation(
        Explanation(
            "default",
            1,
            RoutePlan("default", (well, ill), ()),
            deadline_seconds=60,
            max_attempts=3,
            standings=standings,
        )
    )
    assert rows(capsys.readouterr().out)[2:] == [["a/m", "open", "probe", "01:01:01 UTC"]]


def test_what_is_unknown_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    known = DeploymentRow("large", "l", (), ("chat",), 8000, None, {"input": "2.5", "output": "10"})
    bare = DeploymentRow("small", "s", (), ("chat", "tools"), None, None, None)
    row = ProviderRow(
        name="north", vendor="", protocol="gemini", base_url="", credential=None,
        further_credentials=(), enabled=False, weight=1, priority=1, headers={}, options={},
        timeouts={}, circuit={}, probe={}, concurrency={}, declared=True,
        deployments=(known, bare),
    )  # fmt: skip
    show_providers([row])
    assert rows(capsys.readouterr().out) == [
        ["north", "gemini", "no", "large", "chat", "8000", "2.5", "10"],
        ["north", "gemini", "no", "small", "chat, tools", "unknown", "unknown", "unknown"],
    ]


def test_long_settings_stay_on_their_line(capsys: pytest.CaptureFixture[str]) -> None:
    show_settings([Setting("a.b[0]", "x" * 300, "f:1"), Setting("c", None, "default")])
    assert capsys.readouterr().out.splitlines() == [
        f"a.b[0] = '{'x' * 300}'  # f:1",
        "c = None  # default",
    ]
