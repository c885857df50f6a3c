"""Traffic: what is under way at each provider, and how soon each deployment begins to answer."""

from collections.abc import Mapping

from turnout.application.relay.attempt import Attempt
from turnout.application.snapshot.routing_snapshot import RoutingSnapshot
from turnout.domain.catalog.concurrency_rules import ConcurrencyRules
from turnout.domain.health.first_tokens import FirstTokens
from turnout.domain.inference.failure import FailureKind
from turnout.domain.routing.concurrency_limit import ConcurrencyLimit
from turnout.domain.routing.gate import Gate
from turnout.domain.shared.ids import DeploymentId, ProviderId

MOST_DEPLOYMENTS = 4096
"""How many deployments' waits are remembered; beyond that all begin anew."""
_DEFAULTS = ConcurrencyRules()
_BUSY = frozenset({FailureKind.RATE_LIMITED, FailureKind.OVERLOADED, FailureKind.TIMEOUT})
"""How a provider fails that is asked too much at once."""


class Traffic:
    """One worker's own, in memory.

    Who takes a place at a provider's gate for an attempt has it given back by `ended`.
    """

    __slots__ = ("_gates", "_rules", "_streams", "_wholes")

    def __init__(self) -> None:
        self._gates: dict[ProviderId, Gate] = {}
        self._rules: Mapping[ProviderId, ConcurrencyRules] = {}
        self._streams: dict[DeploymentId, FirstTokens] = {}
        self._wholes: dict[DeploymentId, FirstTokens] = {}

    def gate(self, provider: ProviderId) -> Gate:
        """Return the gate of `provider`."""
        gate = self._gates.get(provider)
        if gate is None:
            rules = self._rules.get(provider, _DEFAULTS)
            gate = self._gates[provider] = Gate(ConcurrencyLimit(rules))
        return gate

    def first_tokens(self, deployment: DeploymentId, *, streamed: bool) -> FirstTokens:
        """Return the waits for the first token; for what is not streamed, for the whole answer."""
        known = self._streams if streamed else self._wholes
        tokens = known.get(deployment)
        if tokens is None:
            if len(known) >= MOST_DEPLOYMENTS:
                known.clear()
            tokens = known[deployment] = FirstTokens()
        return tokens

    def heed(self, snapshot: RoutingSnapshot) -> None:
        """Know the providers that there are now, and their rules; forget the idle gates of others.

        Who is inside or in line stays there.
        """
        rules = {id: provider.settings.concurrency for id, provider in snapshot.providers.items()}
        self._rules = rules
        for provider, gate in list(self._gates.items()):
            own = rules.get(provider)
            if own is not None and own != gate.limit.rules:
                gate.revise(own)
            elif own is None and gate.is_idle:
                del self._gates[provider]

    def begun(self, attempt: Attempt, now: float) -> None:
        """The first token of a streamed answer is there."""
        wait = now - attempt.started_seconds
        tokens = self.first_tokens(attempt.target.id, streamed=True)
        strain = tokens.strain(wait)
        tokens.saw(wait)
        gate = self.gate(attempt.target.deployment.provider)
        gate.answered(attempt.started_seconds, now, strain)

    def completed(self, attempt: Attempt, now: float) -> None:
        """An answer is complete."""
        if attempt.first_token_seconds is None:
            self.first_tokens(attempt.target.id, streamed=False).saw(now - attempt.started_seconds)
            gate = self.gate(attempt.target.deployment.provider)
            gate.answered(attempt.started_seconds, now, None)

    def failed(self, attempt: Attempt, kind: FailureKind, now: float) -> None:
        """A provider has failed."""
        if kind in _BUSY:
            limited = kind is FailureKind.RATE_LIMITED
            gate = self.gate(attempt.target.deployment.provider)
            gate.refused(attempt.started_seconds, now, rate_limited=limited)

    def outrun(self, attempt: Attempt, now: float) -> None:
        """Another attempt was quicker: what is known is that this one would have taken longer."""
        wait = now - attempt.started_seconds
        self.first_tokens(attempt.target.id, streamed=attempt.streamed).saw(wait)

    def ended(self, attempt: Attempt, now: float) -> None:
        """An attempt is over, however: its place is free."""
        self.gate(attempt.target.deployment.provider).leave(now - attempt.started_seconds)
