"""What follows from a change that was stored."""
