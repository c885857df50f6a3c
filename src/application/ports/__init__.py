"""What the application needs of the outside, each named for the need. Protocols only."""
