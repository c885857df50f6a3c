"""What this gateway offers, in the words of scenarios."""

OFFERED = frozenset(
    {
        "balancing",
        "cache",
        "circuits",
        "heartbeats",
        "hedging",
        "probes",
        "rescue",
        "retries",
        "shedding",
        "single_flight",
    }
)
"""The features of `scenario.FEATURES` that this gateway has; chaos holds it to them."""
