"""What a configuration depends on: its files, and whether they are what they were."""

from collections.abc import Iterable
from glob import escape
from hashlib import sha256
from pathlib import Path as FilePath

from turnout.application.commands.apply_configuration import DeclaredConfiguration

_FILE = "file:"


def configuration_files(path: FilePath) -> list[FilePath]:
    """Return the file at `path` and those of all environments beside it.

    All of them, since the file itself may choose another environment.
    """
    return [path, *sorted(path.parent.glob(f"{escape(path.stem)}.*{path.suffix}"))]


def secret_files(declared: DeclaredConfiguration) -> list[FilePath]:
    """Return the files that hold the secrets of what is declared."""
    return sorted(
        {
            FilePath(reference.removeprefix(_FILE))
            for settings in declared.providers.values()
            for reference in (*settings.credentials, *settings.headers.values())
            if reference.startswith(_FILE)
        }
    )


def fingerprint(files: Iterable[FilePath]) -> str:
    """Return a digest of names and contents.

    Contents, not times: a link that is made to point elsewhere and a clock that is coarse do not
    matter. A file that cannot be read counts as an empty one.
    """
    total = sha256()
    for file in files:
        try:
            content = file.read_bytes()
        except OSError:
            content = b""
        total.update(f"{file}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
