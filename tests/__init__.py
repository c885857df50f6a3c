"""The tests: unit/ mirrors src/, the other folders are named for what they prove."""
