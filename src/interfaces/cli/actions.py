"""What the commands do, as callables that the composition root gives."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from turnout.application.commands.apply_configuration import AppliedConfiguration
from turnout.application.commands.entries import EntryChanges
from turnout.application.ports.history import PastRevision
from turnout.application.ports.views import ProviderRow
from turnout.application.queries.explain_route import Explanation
from turnout.domain.inference.capability import Capability, Requirement
from turnout.interfaces.cli.account_actions import AccountActions
from turnout.interfaces.cli.alert_actions import AlertActions
from turnout.interfaces.cli.budget_actions import BudgetActions
from turnout.interfaces.cli.health_actions import HealthActions
from turnout.interfaces.cli.key_actions import KeyActions
from turnout.interfaces.cli.secret_actions import SecretActions
from turnout.interfaces.cli.status_actions import StatusActions
from turnout.interfaces.cli.usage_actions import UsageActions
from turnout.interfaces.cli.where import ControlPlane as ControlPlane
from turnout.interfaces.cli.where import Where as Where

if TYPE_CHECKING:  # a command pays for what it does: simulators are no part of serving
    from turnout.interfaces.chaos.report import Report
    from turnout.interfaces.chaos.scenario import Scenario
    from turnout.interfaces.rehearsal.report import RehearsalReport
    from turnout.interfaces.simulator.script import Script


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What the command line says of serving; None means that the file decides."""

    config: Path
    host: str | None = None
    port: int | None = None
    control_port: int | None = None
    workers: int | None = None
    role: str = "all"
    insecure: bool = False
    watch: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """An effective setting: its dotted path, its value without secrets, and where it came from."""

    path: str
    value: object
    origin: str


@dataclass(frozen=True, slots=True)
class RunningGateway:
    """A data plane, the key that callers show, and the model that they ask for."""

    url: str
    key: str = field(repr=False)
    model: str


@dataclass(frozen=True, slots=True)
class ChaosOptions:
    """Scenarios' files; the gateway's own; and where it runs, None where it is to be started.

    Of a running gateway `addresses` tells, beside its file, where it expects its providers.
    """

    scenarios: Sequence[Path]
    config: Path | None = None
    gateway: RunningGateway | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RehearsalOptions:
    """What to rehearse: so many `requests`, and `sample` for each run that is compared."""

    scenario: Path
    requests: int
    sample: int
    day: bool
    seed: int


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a started gateway listens: its endpoint, and its control plane."""

    data: str
    control: str


class BadConfiguration(Exception):
    """A configuration cannot be used; each of `faults` is a line for people."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class BadOptions(Exception):
    """Options that do not go together; the message says which and why."""


class NoAnswer(Exception):
    """A running gateway could not be asked, or refused; the message says why."""


@dataclass(frozen=True, slots=True)
class Actions:
    """Each raises BadConfiguration when the file is at fault, BadOptions when the options are.

    Those that ask a running gateway raise NoAnswer.
    """

    serve: Callable[[ServeOptions], int]
    check_configuration: Callable[[Path], str]
    """Returns a one-line summary of what the file declares."""
    effective_settings: Callable[[Path], list[Setting]]
    apply_configuration: Callable[[Path, Path, bool], AppliedConfiguration]
    """Takes the file to apply, the file that names the store, and whether to only try it."""
    configuration_history: Callable[[Path], list[PastRevision]]
    roll_back: Callable[[Path, int], EntryChanges]
    """Takes the file that names the store, and a revision."""
    health: HealthActions
    explain: Callable[[Where, str, Requirement], Explanation]
    list_providers: Callable[[Where, frozenset[Capability]], list[ProviderRow]]
    upgrade_database: Callable[[Path | None, str | None], str]
    """Takes a configuration file or a URL; returns the revision reached."""
    start_gateway: Callable[[Path], AbstractAsyncContextManager[Addresses]]
    """Serves a configuration file until the context is left."""
    load_scripts: "Callable[[Path], Mapping[str, Script]]"
    """Takes a file of scripts; returns them by simulators' names."""
    load_scenarios: "Callable[[Sequence[Path]], list[Scenario]]"
    run_chaos: "Callable[[ChaosOptions, Callable[[Report], None]], list[Report]]"
    """Takes who is told each report as soon as it is there."""
    rehearse: "Callable[[RehearsalOptions, Callable[[str], None]], RehearsalReport]"
    """Takes who is told what is being done."""
    scaffold_adapter: Callable[[str, str], list[Path]]
    """Takes a name and a protocol; returns the files written, in the source tree."""
    accounts: AccountActions
    keys: KeyActions
    budgets: BudgetActions
    secrets: SecretActions
    status: StatusActions
    alerts: AlertActions
    usage: UsageActions
