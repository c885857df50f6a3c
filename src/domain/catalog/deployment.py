"""One model at one provider."""

from dataclasses import dataclass

from turnout.domain.catalog.price import Price
from turnout.domain.catalog.timeouts import ModelTimeouts
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import DeploymentId, ProviderId, deployment_id


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a deployment cannot serve a request: a stable `rule` and words for people."""

    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """A model as a provider offers it.

    `model` is the operator's name for it, `upstream` the provider's; lengths are tokens, None when
    unknown; `price` is None when unknown, which is not free. `account` is the number, from 1, of
    the provider's account that is asked: in a route, each stands for itself.
    Raises DomainError `deployment.name`, `deployment.window`.
    """

    provider: ProviderId
    model: str
    upstream: str
    capabilities: frozenset[Capability]
    aliases: tuple[str, ...] = ()
    context_window: int | None = None
    max_output_tokens: int | None = None
    price: Price | None = None
    timeouts: ModelTimeouts = ModelTimeouts()
    account: int = 1

    def __post_init__(self) -> None:
        if not self.model.strip() or not self.upstream.strip():
            raise DomainError("deployment.name", f"a model of {self.provider!r} has an empty name")
        for name in ("context_window", "max_output_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise DomainError(
                    "deployment.window", f"{self.id}: {name} is {value}, expected 1 or more"
                )

    @property
    def id(self) -> DeploymentId:
        """`provider/model`, with the number of any account but the first: `provider/model#2`."""
        return deployment_id(self.provider, self.model, self.account)

    @property
    def names(self) -> tuple[str, ...]:
        """The model's name and its aliases."""
        return (self.model, *self.aliases)

    def misfit(self, needs: Requirement) -> Misfit | None:
        """Return why this deployment cannot serve `needs`, or None when it can."""
        missing = needs.capabilities - self.capabilities
        if missing:
            words = ", ".join(sorted(missing))
            return Misfit("capability", f"{self.id} does not offer {words}")
        if self.context_window is not None and needs.input_tokens > self.context_window:
            return Misfit(
                "context_window",
                f"{self.id} holds {self.context_window} tokens, the prompt has at least "
                f"{needs.input_tokens}",
            )
        return None
