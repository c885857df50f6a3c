"""Show an access key."""

from dataclasses import dataclass

from turnout.application.ports.access_keys import KeyView
from turnout.domain.governance.access_key import AccessKey
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import KeyId


@dataclass(frozen=True, slots=True)
class GetKey:
    """Raises DomainError `key.unknown`."""

    view: KeyView

    async def __call__(self, id: KeyId) -> AccessKey:
        """Return the key; of its tokens there are digests alone."""
        key = await self.view.get(id)
        if key is None:
            raise DomainError("key.unknown", f"no access key {id!r}")
        return key
