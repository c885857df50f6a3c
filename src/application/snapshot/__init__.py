"""The read model that the hot path lives on: compiled whole, swapped whole."""
