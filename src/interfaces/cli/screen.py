"""Draws a gateway's status on one screen."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from turnout.application.health.standing import CircuitState
from turnout.application.queries.health_overview import HealthRow
from turnout.application.queries.list_alerts import AlertRow
from turnout.application.queries.usage import Figures, Told
from turnout.domain.alerting.alert import AlertState
from turnout.interfaces.cli.rendering import clock_time
from turnout.interfaces.cli.status_actions import GatewayStatus

_STYLES = {"page": "bold red", "warning": "yellow"}


def screen(status: GatewayStatus, since: str) -> RenderableType:
    """Return planes, providers, what is away, alerts, and the traffic of the last `since`."""
    parts: list[RenderableType] = [*_planes(status), _providers(status, since)]
    away = [row for row in status.health if not row.admits]
    if away:
        parts.append(_away(away))
    alerts = [row for row in status.alerts if row.state is not AlertState.RESOLVED]
    parts.append(_alerts(alerts) if alerts else Text("alerts: none", style="green"))
    parts.append(_routes(status.requests, since))
    return Group(*parts)


def _planes(status: GatewayStatus) -> Iterable[Text]:
    plane, configuration = status.data_plane, status.configuration
    yield Text(f"data plane: {plane.url or 'not run along with this control plane'}")
    at = configuration.applied_at
    applied = "" if at is None else f", applied at {at:%Y-%m-%d %H:%M:%S} UTC"
    yield Text(f"configuration: revision {configuration.revision}{applied}")
    for fault in configuration.faults:
        yield Text(f"  not used: {fault}", style="red")
    if configuration.needs_restart:
        names = ", ".join(configuration.needs_restart)
        yield Text(f"  in force after a restart only: {names}", style="yellow")


def _providers(status: GatewayStatus, since: str) -> Table:
    grid = Table(title=f"providers, last {since}", title_justify="left", header_style="bold")
    for column in ("provider", "models asked", "attempts", "failed", "p50", "p95", "$"):
        grid.add_column(column)
    figures = {row.name: row.figures for row in status.traffic.rows}
    all_models = Counter(row.provider for row in status.health)
    asked = Counter(row.provider for row in status.health if row.admits)
    for name, models in all_models.items():
        style = "" if asked[name] == models else "red" if not asked[name] else "yellow"
        share = Text(f"{asked[name]} of {models}", style=style)
        grid.add_row(Text(name), share, *map(Text, _attempts(figures.get(name))))
    return grid


def _attempts(figures: Figures | None) -> tuple[str, ...]:
    if figures is None:
        return ("0", "-", "-", "-", "-")
    return (
        f"{figures.attempts:,}",
        f"{figures.failed / figures.attempts:.2%}" if figures.attempts else "-",
        _seconds(figures.latency.p50),
        _seconds(figures.latency.p95),
        f"{figures.cost:.4f}",
    )


def _away(rows: list[HealthRow]) -> Table:
    grid = Table(title="not asked now", title_justify="left", header_style="bold")
    for column in ("model", "circuit", "reason", "until"):
        grid.add_column(column)
    for row in rows:
        cooling = row.cooling_down and row.state is CircuitState.CLOSED
        state = "cooling down" if cooling else row.state.replace("_", " ")
        cells = row.deployment, state, row.reason or "-", clock_time(row.until)
        grid.add_row(*map(Text, cells))
    return grid


def _alerts(rows: list[AlertRow]) -> Table:
    grid = Table(title="alerts", title_justify="left", header_style="bold")
    for column in ("state", "severity", "what"):
        grid.add_column(column)
    for row in rows:
        state = "silenced" if row.silenced_until is not None else row.state.value
        severity = Text(row.severity, style=_STYLES[row.severity])
        grid.add_row(Text(state), severity, Text(row.summary))
    return grid


def _routes(told: Told, since: str) -> Table:
    grid = Table(title=f"requests, last {since}", title_justify="left", header_style="bold")
    for column in ("route", "requests", "answered", "saved", "cached", "p50", "p95"):
        grid.add_column(column)
    for row in told.rows:
        figures = row.figures
        rate = figures.success_rate
        cells = (
            row.name or "-",
            f"{figures.requests:,}",
            "-" if rate is None else f"{rate:.2%}",
            f"{figures.saved:,}",
            f"{figures.cached + figures.shared:,}",
            _seconds(figures.latency.p50),
            _seconds(figures.latency.p95),
        )
        grid.add_row(*map(Text, cells))
    return grid


def _seconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.3f} s"
