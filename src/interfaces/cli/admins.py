"""Commands on users and tokens of the control plane, on the store itself: admins."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer

from turnout.domain.governance.accounts import AdminToken
from turnout.domain.governance.roles import Role
from turnout.interfaces.cli import rendering
from turnout.interfaces.cli.account_actions import AccountActions
from turnout.interfaces.cli.actions import BadOptions
from turnout.interfaces.cli.options import CONFIG, Config
from turnout.interfaces.cli.outcome import exits

Name = Annotated[str, typer.Argument(help="Whose.")]
AsRole = Annotated[Role, typer.Option("--role", help="What they may do.")]
MOST_DAYS = 3650.0


def admins_group(actions: AccountActions) -> typer.Typer:
    """Return `turnout admins`."""
    group = typer.Typer(no_args_is_help=True, help="Say who may use the control plane.")
    group.command("add")(_add_command(actions))
    group.command("list")(_list_command(actions))
    group.command("remove")(_remove_command(actions))
    group.command("token")(_token_command(actions))
    return group


def _add_command(actions: AccountActions) -> Callable[..., None]:
    def add(
        name: Name,
        role: AsRole = Role.VIEWER,
        password_stdin: Annotated[
            bool, typer.Option("--password-stdin", help="Read the password from standard input.")
        ] = False,
        config: Config = CONFIG,
    ) -> int:
        """Add a user; asks for the password."""
        if password_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        else:
            password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        actions.add_user(config, name, role, password)
        typer.echo(f"added the user {name} as {role}")
        return 0

    return exits(add)


def _list_command(actions: AccountActions) -> Callable[..., None]:
    def list_(config: Config = CONFIG) -> int:
        """List users and tokens."""
        users, tokens = actions.list_accounts(config)
        rows = [("user", user.name, user.role.value, "") for user in users]
        rows += [("token", token.name, token.role.value, _until(token)) for token in tokens]
        rendering.table(("kind", "name", "role", "expires"), rows)
        return 0

    return exits(list_)


def _remove_command(actions: AccountActions) -> Callable[..., None]:
    def remove(name: Name, config: Config = CONFIG) -> int:
        """Remove a user, and end their sessions."""
        actions.remove_user(config, name)
        typer.echo(f"removed the user {name}")
        return 0

    return exits(remove)


def _token_command(actions: AccountActions) -> Callable[..., None]:
    def token(
        name: Name,
        role: AsRole = Role.VIEWER,
        days: Annotated[
            float | None, typer.Option(help="How long it is good for; else for ever.")
        ] = None,
        revoke: Annotated[bool, typer.Option("--revoke", help="Revoke it instead.")] = False,
        config: Config = CONFIG,
    ) -> int:
        """Issue a token for programs, and print it, this once; or revoke one."""
        if revoke:
            actions.revoke_token(config, name)
            typer.echo(f"revoked the token {name}")
            return 0
        if days is not None and not 0 < days <= MOST_DAYS:
            raise BadOptions(f"--days: found {days:g}, expected more than 0, up to {MOST_DAYS:g}")
        typer.echo(actions.issue_token(config, name, role, days))
        return 0

    return exits(token)


def _until(token: AdminToken) -> str:
    if token.expires_at is None:
        return "never"
    return f"{datetime.fromtimestamp(token.expires_at, UTC):%Y-%m-%d %H:%M} UTC"
