"""How the targets of one tier are ordered for one request: pure functions."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

Item = TypeVar("Item")
Roll = Callable[[], float]
"""Gives a number in [0, 1); the application's Dice."""


class Strategy(StrEnum):
    """The orderings that a chain may name."""

    WEIGHTED = "weighted"
    LEAST_IN_FLIGHT = "least_in_flight"
    FASTEST = "fastest"
    CHEAPEST = "cheapest"
    HEADROOM = "headroom"
    STICKY = "sticky"


def weighted_order(items: Sequence[tuple[Item, int]], roll: Roll) -> list[Item]:
    """Order `items` so that each comes first in proportion to its weight (>= 1).

    Those that remain follow in proportion among themselves, so that a fallback within the tier is
    weighted too. Every item appears exactly once. One roll per place but the last.
    """
    left = list(items)
    order: list[Item] = []
    while len(left) > 1:
        point = roll() * sum(weight for _, weight in left)
        place = 0
        while place < len(left) - 1 and point >= left[place][1]:
            point -= left[place][1]
            place += 1
        order.append(left.pop(place)[0])
    order.extend(item for item, _ in left)
    return order
