"""Lets `python -m turnout` do what the `turnout` command does."""

from turnout.bootstrap.__main__ import main

if __name__ == "__main__":
    main()
