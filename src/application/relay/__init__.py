"""The hot path: a request is admitted, planned, attempted and settled."""
