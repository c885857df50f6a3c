"""Prints for people: tables and plain lines."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from turnout.application.ports.views import ProviderRow
from turnout.application.queries.explain_route import Explanation
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.routing.hedge_rules import HedgeRules
from turnout.domain.routing.route_plan import RoutePlan
from turnout.interfaces.cli.actions import Setting


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """Print rows under columns; long cells fold."""
    grid = Table(*columns, title=title, title_justify="left", header_style="bold")
    for row in rows:
        grid.add_row(*map(Text, row))  # as they are: rich would take brackets for markup
    Console(soft_wrap=False).print(grid)


def show_explanation(explanation: Explanation) -> None:
    """Print where a request would go, and why not elsewhere."""
    console = Console()
    plan = explanation.plan
    if plan is None:
        near = f" Did you mean {', '.join(explanation.near)}?" if explanation.near else ""
        console.print(f"Nothing is called {explanation.model!r}.{near}", markup=False)
        return
    console.print(
        f"Route {plan.route!r}: at most {explanation.max_attempts} attempts within "
        f"{explanation.deadline_seconds:g} s{_hedging(explanation.hedge)}",
        markup=False,
    )
    table(
        ("order", "tier", "provider", "model", "upstream", "at once", "offers"),
        [
            (
                str(order),
                str(target.tier + 1),
                target.deployment.provider,
                target.deployment.model,
                target.deployment.upstream,
                _at_once(explanation.concurrency.get(target.id)),
                ", ".join(sorted(target.deployment.capabilities)),
            )
            for order, target in enumerate(plan.targets, start=1)
        ],
        title="would be asked, in this order",
    )
    _show_reasons(explanation, plan)
    _show_away(explanation, plan)
    if plan.drops:
        table(
            ("target", "tier", "rule", "why"),
            [(drop.target, str(drop.tier + 1), drop.rule, drop.detail) for drop in plan.drops],
            title="left out",
        )


def _hedging(rules: HedgeRules | None) -> str:
    if rules is None:
        return ""
    after = "longer than 19 of 20 are"
    if rules.after_seconds is not None:
        after = f"for {rules.after_seconds:g} s"
    return f"; a second one beside a first that is silent {after}"


def _at_once(rules: ConcurrencyRules | None) -> str:
    """Return how many requests its provider may have, in few words."""
    if rules is None:
        return "-"
    most = "any" if rules.most is None else str(rules.most)
    return f"{most}, or as learnt" if rules.adaptive else most


def _show_away(explanation: Explanation, plan: RoutePlan) -> None:
    shown = [(each, explanation.standings.get(each.id)) for each in plan.targets]
    away = [(each, standing) for each, standing in shown if standing and not standing.admits]
    if away:
        table(
            ("model", "circuit", "reason", "until"),
            [
                (each.id, standing.state, standing.reason or "-", clock_time(standing.until))
                for each, standing in away
            ],
            title="passed over now, for their health",
        )


def _show_reasons(explanation: Explanation, plan: RoutePlan) -> None:
    reasons = [(each, explanation.reasons.get(each.id)) for each in plan.targets]
    told = [(each.id, str(each.tier + 1), reason) for each, reason in reasons if reason]
    if told:
        title = f"first within its tier, by the strategy {plan.strategy.value!r}"
        table(("model", "tier", "why"), told, title=title)


def show_providers(rows: Iterable[ProviderRow]) -> None:
    """Print providers with their models."""
    table(
        ("provider", "protocol", "enabled", "model", "offers", "window", "$/M in", "$/M out"),
        [
            (
                row.name,
                row.protocol,
                "yes" if row.enabled else "no",
                deployment.model,
                ", ".join(deployment.capabilities),
                str(deployment.context_window or "unknown"),
                (deployment.price or {}).get("input", "unknown"),
                (deployment.price or {}).get("output", "unknown"),
            )
            for row in rows
            for deployment in row.deployments
        ],
    )


def show_settings(settings: Iterable[Setting]) -> None:
    """Print effective settings, one a line, each with its origin."""
    console = Console(soft_wrap=True)
    for setting in settings:
        console.print(f"{setting.path} = {setting.value!r}", markup=False, end="", highlight=False)
        console.print(f"  # {setting.origin}", markup=False, style="dim", highlight=False)


def clock_time(epoch_seconds: float | None) -> str:
    """Return a moment as the time of its day in UTC, `-` for None."""
    if epoch_seconds is None:
        return "-"
    return f"{datetime.fromtimestamp(epoch_seconds, UTC):%H:%M:%S} UTC"
