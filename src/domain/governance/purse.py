"""Purse: what one process may spend of a budget without asking anybody.

Amounts are whole billionths of a dollar, times seconds since 1970.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Purse:
    """A share of one window's budget: `held` is lent and not spent, `reserved` a part of it.

    What was lent may be spent until `lent_until`; what is charged counts whether it was reserved
    or not: it has been spent.
    """

    start: int = 0
    end: int = 0
    spent: int = 0
    held: int = 0
    reserved: int = 0
    lent_until: float = 0.0
    touched: bool = False
    is_known: bool = False
    """Whether the store believes that something is held here."""

    def free(self, now: float) -> int:
        """Return what may be reserved now."""
        return self.held - self.reserved if now < self.lent_until else 0

    def reserve(self, amount: int, now: float) -> bool:
        """Set `amount` aside; False where there is not so much."""
        if self.free(now) < amount:
            return False
        self.reserved += amount
        self.touched = True
        return True

    def release(self, amount: int, start: int) -> None:
        """Let go of what was reserved in the window that began at `start`."""
        if start == self.start:
            self.reserved = max(0, self.reserved - amount)

    def charge(self, amount: int) -> None:
        """Count what was spent."""
        self.spent += amount
        self.held = max(0, self.held - amount)
        self.touched = True

    def keep(self) -> int:
        """Return what to hold on to: after a time without use, only what is reserved."""
        if not self.touched:
            self.held = min(self.held, self.reserved)
        self.touched = False
        return self.held
