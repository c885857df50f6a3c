"""What this gateway offers, in the words of scenarios."""

OFFERED = frozenset({"circuits", "rescue", "retries", "single_flight"})
"""The features of `scenario.FEATURES` that this gateway has; chaos holds it to them."""
