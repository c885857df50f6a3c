"""The one error of a measurement: told in the table instead of ending the run."""


class BenchmarkError(Exception):
    """A gateway, upstream or load generator that failed; the text says which and how."""
