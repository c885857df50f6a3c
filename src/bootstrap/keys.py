"""What `turnout keys` does: on the store that a file names, or at a running gateway."""

from turnout.domain.governance.access_key import KeySettings
from turnout.interfaces.cli.actions import ControlPlane, Where
from turnout.interfaces.cli.key_actions import IssuedKey, KeyRow


def issue_key(where: Where, settings: KeySettings) -> IssuedKey:
    """Issue a key. Raises BadConfiguration, BadOptions, NoAnswer."""
    if isinstance(where, ControlPlane):
        from turnout.bootstrap.remote_keys import issue_at

        return issue_at(where, settings)
    from turnout.bootstrap.stored_keys import issue_in

    return issue_in(where, settings)


def list_keys(where: Where) -> list[KeyRow]:
    """List the keys. Raises BadConfiguration, NoAnswer."""
    if isinstance(where, ControlPlane):
        from turnout.bootstrap.remote_keys import keys_at

        return keys_at(where)
    from turnout.bootstrap.stored_keys import keys_in

    return keys_in(where)


def rotate_key(where: Where, id: str, overlap_seconds: float) -> IssuedKey:
    """Give a key a new token. Raises BadConfiguration, BadOptions, NoAnswer."""
    if isinstance(where, ControlPlane):
        from turnout.bootstrap.remote_keys import rotate_at

        return rotate_at(where, id, overlap_seconds)
    from turnout.bootstrap.stored_keys import rotate_in

    return rotate_in(where, id, overlap_seconds)


def revoke_key(where: Where, id: str) -> None:
    """End a key. Raises BadConfiguration, BadOptions, NoAnswer."""
    if isinstance(where, ControlPlane):
        from turnout.bootstrap.remote_keys import revoke_at

        return revoke_at(where, id)
    from turnout.bootstrap.stored_keys import revoke_in

    return revoke_in(where, id)
