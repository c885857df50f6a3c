"""What is looked at for alerts, how they go on, and how notices get to people."""
