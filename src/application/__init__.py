"""What the gateway does: use cases over ports, never technology."""
