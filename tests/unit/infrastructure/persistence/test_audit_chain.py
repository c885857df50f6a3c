import json
from datetime import UTC, datetime
from hashlib import sha256

from turnout.application.ports.audit import AuditChange, AuditResult, AuditRow, Deed
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import Role
from turnout.infrastructure.persistence.audit_chain import ChainCheck, link, record_of, row_of

ROW = AuditRow(
    1,
    datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
    Deed(Actor(ActorKind.USER, "\u00e4nn", Role.ADMIN, "::1"), "add_user", "user:bob"),
    AuditResult.DONE,
    "",
    (AuditChange("user:bob", None, {"role": "viewer"}),),
    "",
)


def test_a_record_is_canonical_and_reads_back() -> None:
    record = record_of(ROW)
    assert record.isascii()
    plain = json.loads(record)
    assert record == json.dumps(plain, sort_keys=True, separators=(",", ":"))
    assert row_of((1, record, "")) == ROW


def test_a_link_is_what_the_documentation_says() -> None:
    zeros = "0" * 64
    assert link(zeros, "{}") == sha256(f"{zeros}\n{{}}".encode()).hexdigest()


def test_a_record_that_calls_itself_another_is_bad() -> None:
    for record in ('{"number":2}', "[]", "{}", "no JSON"):
        lines = [(1, record, link("0" * 64, record))]
        assert ChainCheck().fault(lines, lambda *_: None) == "line 1 says that it is another one"
