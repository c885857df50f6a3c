"""The audit log's lines as text, and the chain of hashes that holds them together.

A line's hash is SHA-256 over the hash of the line before it (64 zeros before the first), a line
feed, and its own record. The record is JSON with sorted keys, no white space, and nothing but
ASCII, so that it can be written again from what `turnout audit export` gives.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from turnout.application.ports.audit import AuditChange, AuditResult, AuditRow, Deed
from turnout.domain.governance.actor import Actor, ActorKind
from turnout.domain.governance.roles import Role

BEFORE_THE_FIRST = "0" * 64

Line = tuple[int, str, str]
"""Number, record and hash as they are stored."""


def link(previous: str, record: str) -> str:
    """Return the hash of the line `record` that comes after the line with the hash `previous`."""
    # A record that somebody changed may hold bytes that are no text; no good one does.
    return sha256(f"{previous}\n{record}".encode("utf-8", "surrogateescape")).hexdigest()


def record_of(row: AuditRow) -> str:
    """Write a line's record; its hash is no part of it."""
    actor = row.deed.actor
    plain = {
        "number": row.number,
        "at": row.at.isoformat(),
        "actor": {
            "kind": actor.kind,
            "name": actor.name,
            "role": actor.role,
            "address": actor.address,
        },
        "command": row.deed.command,
        "entry": row.deed.entry,
        "result": row.result,
        "reason": row.reason,
        "changes": [
            {"entry": change.entry, "before": _dict(change.before), "after": _dict(change.after)}
            for change in row.changes
        ],
    }
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def row_of(line: Line) -> AuditRow:
    """Read a line. Raises ValueError, KeyError or TypeError for what `record_of` never wrote."""
    number, record, hash = line
    plain: dict[str, Any] = json.loads(record)
    actor, role = plain["actor"], plain["actor"]["role"]
    return AuditRow(
        number,
        datetime.fromisoformat(plain["at"]),
        Deed(
            Actor(
                ActorKind(actor["kind"]),
                actor["name"],
                None if role is None else Role(role),
                actor["address"],
            ),
            plain["command"],
            plain["entry"],
        ),
        AuditResult(plain["result"]),
        plain["reason"],
        tuple(AuditChange(**change) for change in plain["changes"]),
        hash,
    )


class ChainCheck:
    """Goes along the chain, from the first line on, and stops being good at the first bad one."""

    def __init__(self) -> None:
        self.number = 0
        self.hash = BEFORE_THE_FIRST

    def fault(self, lines: Iterable[Line], told: Callable[[int, str], None]) -> str | None:
        """Go on by `lines`; return what is wrong with the first bad one, or None.

        `told` hears the number and the hash of every good one.
        """
        for number, record, hash in lines:
            if number != self.number + 1:
                return f"line {self.number + 1} is missing: line {number} comes next"
            if hash != link(self.hash, record):
                return f"line {number} is not what was written: its hash does not fit"
            if not _says(record, number):
                return f"line {number} says that it is another one"
            self.number, self.hash = number, hash
            told(number, hash)
        return None


def _says(record: str, number: int) -> bool:
    try:
        return bool(json.loads(record)["number"] == number)
    except (ValueError, KeyError, TypeError):
        return False


def _dict(fields: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if fields is None else dict(fields)
