"""Chance."""

import random


class SystemDice:
    """Dice on Python's generator: good for balancing, not for secrets."""

    __slots__ = ()
    roll = staticmethod(random.random)
