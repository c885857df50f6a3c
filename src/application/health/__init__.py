"""Health beyond one event loop: what processes tell each other, and what probes find."""
