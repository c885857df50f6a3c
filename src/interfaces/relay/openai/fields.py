"""A JSON object being read member by member, so that what nobody took is known in the end."""

from collections.abc import Mapping

from turnout.domain.inference.failure import InvalidRequest

_SHOWN_CHARACTERS = 80
_NAMES = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


class Fields:
    """The members of the object at `path` that have not been taken yet.

    A member that is null counts as absent. Every method raises InvalidRequest, naming the member,
    when its value is of another type.
    """

    __slots__ = ("_left", "path")

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise wrong_type(path, value, "an object")
        self._left: dict[str, object] = dict(value)
        self.path = path

    def at(self, name: str) -> str:
        """Return the path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def take(self, name: str) -> object:
        """Take a member of any type."""
        return self._left.pop(name, None)

    def text(self, name: str) -> str | None:
        """Take a string."""
        value = self._left.pop(name, None)
        if value is None or isinstance(value, str):
            return value
        raise wrong_type(self.at(name), value, "a string")

    def needed_text(self, name: str) -> str:
        """Take a string that must be there."""
        value = self.text(name)
        if value is None:
            path = self.at(name)
            raise InvalidRequest(f"Missing required parameter: '{path}'.", field=path)
        return value

    def flag(self, name: str) -> bool | None:
        """Take a boolean."""
        value = self._left.pop(name, None)
        if value is None or isinstance(value, bool):
            return value
        raise wrong_type(self.at(name), value, "a boolean")

    def integer(self, name: str) -> int | None:
        """Take a whole number."""
        value = self._left.pop(name, None)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise wrong_type(self.at(name), value, "an integer")

    def number(self, name: str) -> float | None:
        """Take a number."""
        value = self._left.pop(name, None)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        raise wrong_type(self.at(name), value, "a number")

    def items(self, name: str) -> list[object]:
        """Take an array; empty when there is none."""
        value = self._left.pop(name, None)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        raise wrong_type(self.at(name), value, "an array")

    def mapping(self, name: str) -> Mapping[str, object] | None:
        """Take an object as it is."""
        value = self._left.pop(name, None)
        if value is None or isinstance(value, dict):
            return value
        raise wrong_type(self.at(name), value, "an object")

    def fields(self, name: str) -> "Fields | None":
        """Take an object, to be read member by member."""
        value = self._left.pop(name, None)
        return None if value is None else Fields(value, self.at(name))

    def needed_fields(self, name: str) -> "Fields":
        """Take an object that must be there, to be read member by member."""
        return Fields(self._left.pop(name, None), self.at(name))

    def rest(self) -> dict[str, object]:
        """Return what was not taken and says something: neither null nor an empty array."""
        return {
            name: value for name, value in self._left.items() if value is not None and value != []
        }


def wrong_type(path: str, value: object, expected: str) -> InvalidRequest:
    """Return the fault of a value of the wrong type."""
    found = _NAMES.get(type(value), type(value).__name__)
    about = f"for '{path}'" if path else "of the body"
    return InvalidRequest(f"Invalid type {about}: expected {expected}, got {found}.", field=path)


def unexpected(path: str, value: str, expected: str) -> InvalidRequest:
    """Return the fault of a value that is none of those that `expected` names."""
    shown = value if len(value) <= _SHOWN_CHARACTERS else f"{value[:_SHOWN_CHARACTERS]}..."
    return InvalidRequest(
        f"Invalid value for '{path}': expected {expected}, got {shown!r}.", field=path
    )
