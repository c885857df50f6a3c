"""Chaos: simulated providers misbehave on purpose, and a gateway is held to what callers need."""
