"""The `turnout` command in this process: on actions that note what they are asked, or the real."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from turnout.application.commands.apply_configuration import AppliedConfiguration
from turnout.application.health.probing import ProbeOutcome
from turnout.application.ports.audit import AuditVerdict
from turnout.application.ports.history import PastRevision
from turnout.application.ports.usage_ledger import AttemptOutcome
from turnout.application.ports.usage_views import Span
from turnout.application.ports.views import ChainRow, ProviderRow
from turnout.application.queries.explain_route import Explanation
from turnout.application.queries.health_overview import HealthRow
from turnout.application.queries.list_alerts import AlertRow
from turnout.application.queries.usage import Told
from turnout.domain.alerting.rule import RuleName
from turnout.domain.alerting.silence import Silence
from turnout.domain.governance.accounts import AdminToken, User
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.inference.failure import FailureKind
from turnout.interfaces.chaos.report import Report
from turnout.interfaces.chaos.scenario import Scenario
from turnout.interfaces.cli.account_actions import AccountActions
from turnout.interfaces.cli.actions import (
    Actions,
    Addresses,
    ChaosOptions,
    RehearsalOptions,
    ServeOptions,
    Setting,
    Where,
)
from turnout.interfaces.cli.alert_actions import AlertActions, RuleRow
from turnout.interfaces.cli.app import make_cli
from turnout.interfaces.cli.budget_actions import BudgetActions, BudgetRow
from turnout.interfaces.cli.health_actions import HealthActions
from turnout.interfaces.cli.key_actions import IssuedKey, KeyActions, KeyRow
from turnout.interfaces.cli.secret_actions import Rotated, SecretActions
from turnout.interfaces.cli.status_actions import GatewayStatus, StatusActions
from turnout.interfaces.cli.usage_actions import ShownAttempt, ShownRequest, UsageActions
from turnout.interfaces.rehearsal.report import RehearsalReport

NOW = 1_700_000_000.0
KEY = KeyRow(
    id="key_1",
    name="ci",
    team="tools",
    project=None,
    routes=("default",),
    models=(),
    providers=("azure", "openai"),
    networks=("10.0.0.0/8",),
    metadata={},
    prefix="0123456789ab",
    issued_at=datetime.fromtimestamp(NOW, UTC),
    expires_at=None,
    revoked_at=None,
    former_prefix=None,
    former_until=None,
)
SHOWN = ShownAttempt(
    request="req_1",
    number=2,
    started_at=99.5,
    ended_at=100.5,
    seconds=1.0,
    first_token_seconds=None,
    route="default",
    key="ci",
    key_id=None,
    team=None,
    project=None,
    provider="north",
    model="m",
    account=1,
    outcome=AttemptOutcome.FAILED,
    failure=FailureKind.OVERLOADED,
    status=503,
    tokens={"input_tokens": 1200, "output_tokens": 3},
    cost=None,
    avoided_cost=Decimal(0),
)
BUDGET = BudgetRow(
    "ads",
    "team",
    "ads",
    "day",
    Decimal(25),
    True,
    (0.8,),
    "allow",
    Decimal("1.5"),
    Decimal("0.25"),
    datetime(2026, 7, 1, tzinfo=UTC),
    datetime(2026, 7, 2, tzinfo=UTC),
)
SILENCE = Silence("sil_1", RuleName.LATENCY, "openai", NOW + 3600, "ada", "known")
WIDE = {"COLUMNS": "200", "NO_COLOR": "1", "TERMINAL_WIDTH": "200"}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its exit code, and what it wrote."""

    code: int
    output: str
    errors: str


def run(actions: Actions, *arguments: str, given: str | None = None, **environ: str) -> Ran:
    """Run `turnout ARGUMENTS` in this process; `given` is what is typed."""
    cli, env = make_cli(actions), {**WIDE, **environ}
    result = CliRunner().invoke(cli, arguments, input=given, env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


@dataclass
class NotedActions:
    """Gives what it is told to give, or raises it; `asked` is every call with its arguments."""

    explanation: Explanation = field(default_factory=lambda: Explanation("m", 0, None))
    rows: Sequence[ProviderRow] = ()
    health: Sequence[HealthRow] = ()
    outcomes: Sequence[ProbeOutcome] = ()
    settings: Sequence[Setting] = ()
    applied: AppliedConfiguration = field(default_factory=lambda: AppliedConfiguration({}))
    past: Sequence[PastRevision] = ()
    scenarios: Sequence[Scenario] = ()
    reports: Sequence[Report] = ()
    rehearsed: RehearsalReport | None = None
    issued: IssuedKey = field(default_factory=lambda: IssuedKey(KEY, "sk-to-planted"))
    rotated: Rotated = field(default_factory=lambda: Rotated(2, 1, None))
    accounts: tuple[list[User], list[AdminToken]] = field(default_factory=lambda: ([], []))
    verdict: AuditVerdict = field(default_factory=lambda: AuditVerdict(2, "0" * 64, None))
    told: Told = field(default_factory=lambda: Told(Span(0, 60, 60), []))
    status: GatewayStatus | None = None
    chains: Sequence[ChainRow] = ()
    alerts: Sequence[AlertRow] = ()
    failure: Exception | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def actions(self) -> Actions:
        """Return the actions that the command line wants."""
        return Actions(
            serve=self.serve,
            check_configuration=self._noting("check", "good"),
            effective_settings=self._noting("settings", list(self.settings)),
            apply_configuration=self._noting("apply", self.applied),
            configuration_history=self._noting("history", list(self.past)),
            roll_back=self._noting("roll back", self.applied.changes),
            health=HealthActions(
                show=self._noting("health", list(self.health)),
                probe=self._noting("probe", list(self.outcomes)),
            ),
            explain=self.explain,
            list_providers=self.list_providers,
            upgrade_database=self._noting("upgrade", "0007"),
            start_gateway=self.start_gateway,
            load_scripts=self._noting("scripts", {"nobody": None}),
            load_scenarios=self._noting("scenarios", list(self.scenarios)),
            run_chaos=self.run_chaos,
            rehearse=self.rehearse,
            scaffold_adapter=self._noting("scaffold", [Path("src/x.py")]),
            keys=KeyActions(
                issue=self._noting("issue key", self.issued),
                list=self._noting("list keys", [self.issued.key]),
                rotate=self._noting("rotate key", self.issued),
                revoke=self._noting("revoke key", None),
                now_seconds=lambda: NOW,
            ),
            budgets=BudgetActions(
                list=self._noting("budgets", [BUDGET]),
                set=self._noting("set budget", BUDGET),
                remove=self._noting("remove budget", None),
            ),
            secrets=SecretActions(
                seal=self._noting("seal", "sealed:AQ"),
                rotate=self._noting("rotate secrets", self.rotated),
            ),
            usage=UsageActions(
                summary=self._noting("summary", self.told),
                top=self._noting("top", self.told),
                series_csv=self._noting("csv", "start,name\r\n"),
                attempts=self._noting("attempts", [SHOWN]),
                request=self._noting("request", ShownRequest("req_1", 98.5, 100.5, 2.0, [SHOWN])),
            ),
            status=StatusActions(
                status=self._noting("status", self.status),
                chains=self._noting("chains", list(self.chains)),
                wait=self._noting("wait", None),
            ),
            alerts=AlertActions(
                show=self._noting("alerts", list(self.alerts)),
                rules=self._noting("rules", [RuleRow("latency", True, "page", 1.0, 2.0)]),
                silences=self._noting("silences", [SILENCE]),
                silence=self._noting("silence", SILENCE),
                end_silence=self._noting("end silence", None),
                try_channel=self._noting("try channel", None),
            ),
            accounts=AccountActions(
                add_user=self._noting("add user", None),
                list_accounts=self._noting("list accounts", self.accounts),
                remove_user=self._noting("remove user", None),
                issue_token=self._noting("issue token", "turnout_admin_x"),
                revoke_token=self._noting("revoke token", None),
                verify_audit=self._noting("verify", self.verdict),
                export_audit=self._noting("export", ["{}", "{}"]),
            ),
        )

    def run(self, *arguments: str, **environ: str) -> Ran:
        """Run `turnout ARGUMENTS` on these actions."""
        return run(self.actions(), *arguments, **environ)

    def serve(self, options: ServeOptions) -> int:
        self._note("serve", options)
        return 7

    def explain(self, where: Where, model: str, needs: Requirement) -> Explanation:
        self._note("explain", where, model, needs)
        return self.explanation

    def list_providers(
        self, where: Where, capabilities: frozenset[Capability]
    ) -> list[ProviderRow]:
        self._note("providers", where, capabilities)
        return list(self.rows)

    def run_chaos(self, options: ChaosOptions, told: Callable[[Report], None]) -> list[Report]:
        self._note("chaos", options)
        for report in self.reports:
            told(report)
        return list(self.reports)

    def rehearse(self, options: RehearsalOptions, told: Callable[[str], None]) -> RehearsalReport:
        self._note("rehearse", options)
        told("going through it")
        assert self.rehearsed is not None
        return self.rehearsed

    @asynccontextmanager
    async def start_gateway(self, config: Path) -> AsyncIterator[Addresses]:
        self._note("start", config)
        yield Addresses("http://127.0.0.1:1/v1", "http://127.0.0.1:2")

    def _noting(self, name: str, answer: Any) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            self._note(name, *arguments)
            return answer

        return call

    def _note(self, *call: Any) -> None:
        self.asked.append(call)
        if self.failure is not None:
            raise self.failure
