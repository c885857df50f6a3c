"""Records of attempts, as requests would have left them."""

from decimal import Decimal

from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.application.ports.usage_views import AttemptPlace, AttemptRow
from turnout.domain.catalog.price import Price
from turnout.domain.governance.grant import Grant
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.usage import TokenUsage
from turnout.domain.shared.ids import DeploymentId, RequestId

PRICE = Price(Decimal("2.50"), Decimal("10"))
USED = TokenUsage(input_tokens=1000, output_tokens=100)
GRANT = Grant("ci", team="research", project="atlas")


def attempt_record(
    number: int = 1,
    *,
    request: str = "req_1",
    outcome: AttemptOutcome = AttemptOutcome.COMPLETED,
    failure: FailureKind | None = None,
    usage: TokenUsage | None = USED,
    price: Price | None = PRICE,
    ended_seconds: float = 0.0,
    account: str = "",
) -> AttemptRecord:
    """One attempt at `a/m`."""
    return AttemptRecord(
        request=RequestId(request),
        route="default",
        grant=GRANT,
        deployment=DeploymentId(f"a/m{account}"),
        provider="a",
        model="m",
        price=price,
        number=number,
        outcome=outcome,
        failure=failure,
        status=None,
        ended_seconds=ended_seconds,
        seconds=1.5,
        first_token_seconds=0.5,
        usage=usage,
    )


def attempt_row(
    position: int = 0, *, request: str = "req_1", number: int = 1, at: float = 100.0
) -> AttemptRow:
    """One attempt at `a/m`, as the ledger has it."""
    return AttemptRow(
        place=AttemptPlace(1, position),
        at=at,
        request=request,
        number=number,
        route="default",
        key_id=None,
        key="ci",
        team="research",
        project=None,
        provider="a",
        model="m",
        account=1,
        outcome=AttemptOutcome.COMPLETED,
        failure=None,
        status=None,
        seconds=1.5,
        first_token_seconds=0.5,
        tokens={"input_tokens": 1000, "output_tokens": 100},
        cost_nanos=3_500_000,
        avoided_nanos=0,
    )
