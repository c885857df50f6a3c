"""Chance."""

import random


class SystemDice:
    """Dice on Python's generator: good for balancing, not for secrets."""

    __slots__ = ()
    roll = staticmethod(random.random)


class SeededDice:
    """Dice that roll the same after the same seed, on every machine."""

    __slots__ = ("roll",)

    def __init__(self, seed: str) -> None:
        self.roll = random.Random(seed).random
