"""The `turnout` command, wired."""

from turnout.bootstrap.tasks import (
    check_configuration,
    effective_settings,
    explain,
    list_providers,
    upgrade_database,
)


def main() -> None:
    """Run the command line; it ends the process with its exit code."""
    from turnout.bootstrap.demo import run_demo
    from turnout.bootstrap.serve import serve
    from turnout.interfaces.cli.actions import Actions
    from turnout.interfaces.cli.app import make_cli

    actions = Actions(
        serve=serve,
        check_configuration=check_configuration,
        effective_settings=effective_settings,
        explain=explain,
        list_providers=list_providers,
        upgrade_database=upgrade_database,
        run_demo=run_demo,
    )
    make_cli(actions)(prog_name="turnout")


if __name__ == "__main__":
    main()
