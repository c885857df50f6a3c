"""The requests of a rehearsal: when they come, and what they ask for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from turnout.application.rehearsal.spread import Spread
from turnout.domain.inference.capability import Capability, Requirement
from turnout.domain.routing.asked import Asked
from turnout.domain.routing.routing_policy import Roll
from turnout.domain.shared.bounds import at_least, positive
from turnout.domain.shared.errors import DomainError

DAY_SECONDS = 86_400.0
DAILY_CURVE = (
    *(0.35, 0.28, 0.24, 0.22, 0.24, 0.32, 0.50, 0.80, 1.25, 1.60, 1.75, 1.75),
    *(1.60, 1.65, 1.75, 1.75, 1.70, 1.55, 1.30, 1.10, 0.95, 0.80, 0.62, 0.48),
)
"""How busy each hour of a working day is, next to the others; straight lines lead between them."""
_SLICES_PER_HOUR = 60

PROMPT_TOKENS = Spread(600.0, 6_000.0)
ANSWER_TOKENS = Spread(180.0, 900.0)

WHOLE = frozenset({Capability.CHAT})
STREAMED = frozenset({Capability.CHAT, Capability.STREAMING})


TENANTS = 100
"""So many tenants ask, all as often; the prompts of each begin alike."""


def _tenant(number: int) -> tuple[str, Callable[[], bytes]]:
    name = f"tenant-{number}"
    return name, name.encode


_TENANTS = [_tenant(number) for number in range(TENANTS)]


@dataclass(slots=True)
class Call:
    """One request: when it came, in seconds since midnight, and what answering it takes."""

    at_seconds: float
    asked: Asked
    answer_tokens: int


@dataclass(frozen=True, slots=True)
class Demand:
    """So many `requests` from `from_seconds` on, over `seconds`, as busy as `curve` says.

    The curve's values stand at even distances over the whole time, the first at its beginning; it
    goes round. A curve of one value is even. Raises DomainError `demand.*`.
    """

    requests: int
    seconds: float = DAY_SECONDS
    from_seconds: float = 0.0
    curve: Sequence[float] = DAILY_CURVE
    prompt_tokens: Spread = PROMPT_TOKENS
    answer_tokens: Spread = ANSWER_TOKENS
    stream_share: float = 0.8

    def __post_init__(self) -> None:
        at_least("demand", 1, requests=self.requests)
        positive("demand", seconds=self.seconds)
        if not self.curve or min(self.curve) < 0 or not sum(self.curve) > 0:
            raise DomainError("demand.curve", "expected numbers of 0 or more, not all of them 0")
        if not 0 <= self.stream_share <= 1:
            raise DomainError(
                "demand.stream_share", f"stream_share is {self.stream_share}: expected 0 to 1"
            )

    def calls(self, roll: Roll) -> Iterator[Call]:
        """Yield every request in the order of time."""
        prompt, answer, share = self.prompt_tokens, self.answer_tokens, self.stream_share
        for at in self._moments(roll):
            stream = roll() < share
            needs = Requirement(STREAMED if stream else WHOLE, int(prompt.draw(roll)) + 1)
            tenant, prefix = _TENANTS[int(roll() * TENANTS)]
            asked = Asked(needs, stream, tenant, None, prefix)
            yield Call(at, asked, int(answer.draw(roll)) + 1)

    def _moments(self, roll: Roll) -> Iterator[float]:
        """Yield the moments: a Poisson process with the curve's rate, given how many there are.

        Such moments lie like sorted rolls; each is drawn from what the one before has left over.
        """
        slices = _slices(self.curve)
        whole, width = sum(slices), self.seconds / len(slices)
        place, passed, left_over = 0, 0.0, 1.0
        for left in range(self.requests, 0, -1):
            left_over *= (1.0 - roll()) ** (1.0 / left)
            wanted = (1.0 - left_over) * whole
            while place < len(slices) - 1 and passed + slices[place] <= wanted:
                passed += slices[place]
                place += 1
            within = min(1.0, (wanted - passed) / slices[place]) if slices[place] else 0.0
            yield self.from_seconds + (place + within) * width


def _slices(curve: Sequence[float]) -> list[float]:
    """Divide the time so finely that the curve is a staircase."""
    if len(curve) == 1:
        return [1.0]
    fine: list[float] = []
    for place, here in enumerate(curve):
        following = curve[(place + 1) % len(curve)]
        for step in range(_SLICES_PER_HOUR):
            fine.append(here + (following - here) * (step + 0.5) / _SLICES_PER_HOUR)
    return fine
