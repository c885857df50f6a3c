"""The `turnout` command, wired."""

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from turnout.interfaces.cli.account_actions import AccountActions
from turnout.interfaces.cli.actions import Actions
from turnout.interfaces.cli.alert_actions import AlertActions
from turnout.interfaces.cli.app import make_cli
from turnout.interfaces.cli.budget_actions import BudgetActions
from turnout.interfaces.cli.health_actions import HealthActions
from turnout.interfaces.cli.key_actions import KeyActions
from turnout.interfaces.cli.secret_actions import SecretActions
from turnout.interfaces.cli.status_actions import StatusActions
from turnout.interfaces.cli.usage_actions import UsageActions


def _later(module: str, name: str) -> Callable[..., Any]:
    """Return a function that is imported when called: a command pays only for what it does."""

    def call(*args: Any, **options: Any) -> Any:
        return getattr(import_module(f"turnout.bootstrap.{module}"), name)(*args, **options)

    return call


ACTIONS = Actions(
    serve=_later("serve", "serve"),
    check_configuration=_later("tasks", "check_configuration"),
    effective_settings=_later("tasks", "effective_settings"),
    apply_configuration=_later("revisions", "apply_configuration"),
    configuration_history=_later("revisions", "configuration_history"),
    roll_back=_later("revisions", "roll_back"),
    health=HealthActions(
        show=_later("remote_health", "show_health"),
        probe=_later("remote_health", "probe_provider"),
    ),
    explain=_later("tasks", "explain"),
    list_providers=_later("tasks", "list_providers"),
    upgrade_database=_later("tasks", "upgrade_database"),
    start_gateway=_later("demo", "start_gateway"),
    load_scripts=_later("chaos", "load_scripts"),
    load_scenarios=_later("chaos", "load_scenarios"),
    run_chaos=_later("chaos", "run_chaos"),
    rehearse=_later("rehearsal", "rehearse"),
    keys=KeyActions(
        issue=_later("keys", "issue_key"),
        list=_later("keys", "list_keys"),
        rotate=_later("keys", "rotate_key"),
        revoke=_later("keys", "revoke_key"),
        now_seconds=time.time,
    ),
    budgets=BudgetActions(
        list=_later("remote_budgets", "list_budgets"),
        set=_later("remote_budgets", "set_budget"),
        remove=_later("remote_budgets", "remove_budget"),
    ),
    secrets=SecretActions(
        seal=_later("sealing", "seal_secret"), rotate=_later("sealing", "rotate_master_key")
    ),
    usage=UsageActions(
        summary=_later("remote_usage", "usage_summary"),
        top=_later("remote_usage", "usage_top"),
        series_csv=_later("remote_usage", "usage_series_csv"),
        attempts=_later("remote_usage", "list_attempts"),
        request=_later("remote_usage", "show_request"),
    ),
    status=StatusActions(
        status=_later("remote_status", "gateway_status"),
        chains=_later("remote_status", "list_chains"),
        wait=time.sleep,
    ),
    alerts=AlertActions(
        show=_later("remote_status", "show_alerts"),
        rules=_later("remote_status", "list_rules"),
        silences=_later("remote_status", "list_silences"),
        silence=_later("remote_status", "silence_alerts"),
        end_silence=_later("remote_status", "end_silence"),
        try_channel=_later("remote_status", "try_channel"),
    ),
    scaffold_adapter=_later("scaffold", "scaffold_adapter"),
    accounts=AccountActions(
        add_user=_later("admins", "add_user"),
        list_accounts=_later("admins", "list_accounts"),
        remove_user=_later("admins", "remove_user"),
        issue_token=_later("admins", "issue_token"),
        revoke_token=_later("admins", "revoke_token"),
        verify_audit=_later("admins", "verify_audit"),
        export_audit=_later("admins", "export_audit"),
    ),
)


def main() -> None:
    """Run the command line; it ends the process with its exit code."""
    make_cli(ACTIONS)(prog_name="turnout")


if __name__ == "__main__":
    main()
