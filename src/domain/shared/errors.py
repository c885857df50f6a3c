"""Broken rules of the domain, each with a code that does not change when its wording does."""


class DomainError(Exception):
    """A rule was broken: `code` is stable (`chain.empty`), `message` is for people.

    Shape of a code: `<aggregate>.<rule>`, lower case, underscores within a word.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
