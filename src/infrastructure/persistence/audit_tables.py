"""The audit log's table. The database itself refuses to change or delete its rows."""

from sqlalchemy import DDL, BigInteger, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from turnout.infrastructure.persistence.tables import Schema


class StoredAuditLine(Schema):
    """A line: `record` is canonical JSON, `hash` that of the line before and of this record."""

    __tablename__ = "audit_line"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    record: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


_SQLITE = [
    f"CREATE TRIGGER audit_line_no_{change.lower()} BEFORE {change} ON audit_line "
    "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
    for change in ("UPDATE", "DELETE")
]
_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION audit_line_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$",
    "CREATE TRIGGER audit_line_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_line_only_grows()",
]
for dialect, statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for statement in statements:
        made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
        event.listen(StoredAuditLine.__table__, "after_create", made)
