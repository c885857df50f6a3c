"""Time, chance and names from the operating system."""
