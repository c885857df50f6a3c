"""Every table: what migrations are compared with. Who makes a module of tables names it here."""

from turnout.infrastructure.persistence import (
    access_tables,
    account_tables,
    alert_tables,
    audit_tables,
    budget_tables,
    health_tables,
    ledger_tables,
    report_tables,
    request_tables,
    rollup_tables,
    tables,
)
from turnout.infrastructure.persistence.tables import Schema

METADATA = Schema.metadata

__all__ = [
    "METADATA",
    "access_tables",
    "account_tables",
    "alert_tables",
    "audit_tables",
    "budget_tables",
    "health_tables",
    "ledger_tables",
    "report_tables",
    "request_tables",
    "rollup_tables",
    "tables",
]
