"""A metered gateway: fakes behind it, limits and budgets in front."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tests.fakes.budgets import FakeShares, SharedPot
from tests.fakes.clients import FakeChatClient
from tests.fakes.system import CountingIds
from tests.support.gateways import FakeGateway, deployment, provider
from turnout.application.relay.budget_book import BudgetBook
from turnout.application.relay.limit_book import LimitBook
from turnout.application.relay.metered import MeteredChat
from turnout.application.relay.metering import Metering
from turnout.domain.catalog.deployment import Deployment
from turnout.domain.catalog.price import Price
from turnout.domain.governance.budget import Budget, BudgetSettings
from turnout.domain.governance.limit_rules import NO_LIMITS, LimitRules
from turnout.domain.inference.reply import NativeReply
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import BudgetId
from turnout.infrastructure.limits.memory import MemoryLimits

DOLLAR_A_TOKEN = Price(Decimal(0), Decimal(1_000_000))
ANSWER = NativeReply(b"{}", "m", TokenUsage(10, 2))


@dataclass
class MeteredGateway:
    """Two providers, north and south, whose answers have two tokens at a dollar each."""

    rules: LimitRules = NO_LIMITS
    budgets: Sequence[BudgetSettings] = ()
    prices: dict[str, Price | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chats = {name: FakeChatClient(answer=ANSWER) for name in ("north", "south")}
        providers = [
            provider(name, _priced(name, self.prices.get(name, DOLLAR_A_TOKEN)))
            for name in self.chats
        ]
        self.gateway = FakeGateway(chats=self.chats, providers=providers)
        clock = self.gateway.clock
        named = (Budget(BudgetId(f"b{n}"), each) for n, each in enumerate(self.budgets))
        self.pot = SharedPot(list(named))
        self.book = BudgetBook(FakeShares(self.pot), clock)
        object.__setattr__(self.gateway.settlement, "budgets", self.book)
        self.metering = Metering(
            self.gateway.holder,
            LimitBook(self.rules),
            MemoryLimits(clock),
            self.book,
            CountingIds(),
        )
        self.chat = MeteredChat(self.gateway.complete_chat, self.metering)


def _priced(name: str, price: Price | None) -> Deployment:
    return replace(deployment(name), price=price)
