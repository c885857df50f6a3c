"""Hold: what one request has taken of limits and budgets, until it is over."""

from collections.abc import Sequence

from turnout.application.ports.limit_store import Counter, LimitStore, Verdict
from turnout.application.relay.budget_book import Reservation
from turnout.domain.inference.metering import Remaining
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import RequestId

BUDGET_SPENT = "budget_spent"
PRICE_UNKNOWN = "price_unknown"
_EVERY = ""


class Hold:
    """A Meter. `release` gives back what was not used, and the place; only once.

    What is used after that (an answer that others go on waiting for) is counted as it comes.
    """

    __slots__ = (
        "_barred",
        "_counters",
        "_released",
        "_reservations",
        "_reserved_tokens",
        "_store",
        "_unpriced_barred",
        "_used_tokens",
        "id",
        "verdict",
    )

    def __init__(
        self, store: LimitStore, counters: Sequence[Counter], id: RequestId, reserved_tokens: int
    ) -> None:
        self._store = store
        self._counters = counters
        self.id = id
        self._reserved_tokens = reserved_tokens
        self._used_tokens = 0
        self._reservations: Sequence[Reservation] = ()
        self._released = False
        self._barred: dict[str, str] = {}
        self._unpriced_barred: set[str] = set()
        self.verdict = Verdict()

    @property
    def requests(self) -> Remaining | None:
        """How the tightest limit of requests stood when this one was let through."""
        return self.verdict.requests

    @property
    def tokens(self) -> Remaining | None:
        """How the tightest limit of tokens stood then."""
        return self.verdict.tokens

    def reserve(self, reservations: Sequence[Reservation]) -> None:
        """Hold these too, of budgets."""
        self._reservations = reservations

    def bar(self, provider: str, words: str) -> None:
        """Let no target of `provider` be asked; `words` say why."""
        self._barred[provider] = words

    def bar_unpriced(self, provider: str = _EVERY) -> None:
        """Let no target be asked whose price is unknown, of `provider` or of any."""
        self._unpriced_barred.add(provider)

    @property
    def has_bars(self) -> bool:
        """Whether anything is barred."""
        return bool(self._barred or self._unpriced_barred)

    def bars(self, provider: str, *, is_priced: bool) -> tuple[str, str] | None:
        """Return why a target may not be asked, rule and words; None where it may."""
        words = self._barred.get(provider)
        if words is not None:
            return BUDGET_SPENT, words
        if not is_priced and not self._unpriced_barred.isdisjoint((_EVERY, provider)):
            return PRICE_UNKNOWN, "its price is unknown, and a budget refuses that"
        return None

    def used(self, usage: TokenUsage | None) -> None:
        """Learn what an attempt has used."""
        if usage is None:
            return
        if self._released:
            self._store.settle(self._counters, used=usage.total_tokens, reserved=0)
        else:
            self._used_tokens += usage.total_tokens

    def release(self) -> None:
        """The request is over."""
        if self._released:
            return
        self._released = True
        if self._counters:
            used, reserved = self._used_tokens, self._reserved_tokens
            self._store.settle(self._counters, used=used, reserved=reserved)
            self._store.leave(self._counters, self.id)
        for reservation in self._reservations:
            reservation.release()
