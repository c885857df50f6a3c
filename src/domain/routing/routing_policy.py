"""The strategies by which the targets of one tier are ordered, and the dice that some need."""

from collections.abc import Callable
from enum import StrEnum

Roll = Callable[[], float]
"""Gives a number in [0, 1); the application's Dice."""


class Strategy(StrEnum):
    """The orderings that a chain may name. `orders` has what they do."""

    WEIGHTED = "weighted"
    LEAST_IN_FLIGHT = "least_in_flight"
    FASTEST = "fastest"
    CHEAPEST = "cheapest"
    HEADROOM = "headroom"
    STICKY = "sticky"
