"""Scenarios of rehearsals: what the traffic is, and how providers fare over a day."""
