from decimal import Decimal

import pytest
from tests.support.attempts import attempt_record

from turnout.application.ports.usage_ledger import AttemptOutcome, AttemptRecord
from turnout.domain.catalog.price import Price
from turnout.domain.inference.failure import FailureKind
from turnout.domain.inference.usage import TokenUsage
from turnout.infrastructure.persistence.attempt_rows import (
    COLUMNS,
    as_record,
    row_of,
)
from turnout.infrastructure.persistence.ledger_tables import StoredAttempt


def test_a_row_has_all_that_the_table_holds() -> None:
    assert {"batch", "position", *COLUMNS} == set(StoredAttempt.__table__.columns.keys())


def test_a_row_tells_whose_attempt_it_was_and_what_became_of_it() -> None:
    failed = attempt_record(
        2, outcome=AttemptOutcome.FAILED, failure=FailureKind.TIMEOUT, usage=None, account="#2"
    )
    row = as_record(row_of(failed, epoch_of_monotonic=100.0))
    assert row["at"] == 100.0
    assert [row[name] for name in ("key_name", "team", "project")] == ["ci", "research", "atlas"]
    assert [row[name] for name in ("provider", "model", "account")] == ["a", "m", 2]
    assert [row[name] for name in ("outcome", "failure")] == ["failed", "timeout"]
    assert row["input_tokens"] is None


@pytest.mark.parametrize(
    "record, nanos",
    [
        (attempt_record(), 3_500_000),
        (attempt_record(outcome=AttemptOutcome.ABANDONED), 3_500_000),
        (attempt_record(0, outcome=AttemptOutcome.CACHED), 0),
        (attempt_record(0, outcome=AttemptOutcome.SHARED), 0),
        (attempt_record(0, outcome=AttemptOutcome.FAILED), 0),
        (attempt_record(price=None), None),
        (attempt_record(usage=None), None),
        (attempt_record(outcome=AttemptOutcome.FAILED, usage=None), 0),
        (attempt_record(price=None, outcome=AttemptOutcome.FAILED, usage=None), 0),
    ],
)
def test_what_is_unknown_is_no_zero_and_what_was_not_asked_for_is(
    record: AttemptRecord, nanos: int | None
) -> None:
    assert record.cost_nanos == nanos


@pytest.mark.parametrize(
    "record, nanos",
    [
        (attempt_record(), 0),
        (attempt_record(0, outcome=AttemptOutcome.FAILED), 0),
        (attempt_record(0, outcome=AttemptOutcome.CACHED), 3_500_000),
        (attempt_record(0, outcome=AttemptOutcome.SHARED), 3_500_000),
        (attempt_record(0, outcome=AttemptOutcome.SHARED, price=None), None),
        (attempt_record(0, outcome=AttemptOutcome.SHARED, usage=None), None),
    ],
)
def test_what_an_answer_without_an_attempt_would_have_cost(
    record: AttemptRecord, nanos: int | None
) -> None:
    assert record.avoided_nanos == nanos


def test_a_cost_is_exact_to_a_billionth_of_a_dollar() -> None:
    price = Price(Decimal("0.0375"), Decimal("0.15"))
    usage = TokenUsage(input_tokens=3, output_tokens=1)
    assert attempt_record(price=price, usage=usage).cost_nanos == 262  # 262.5, half to even
