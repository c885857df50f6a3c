"""Access keys as the API speaks of them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from turnout.application.commands.revise_key import KeyChanges, ReviseKey, ScopeChanges
from turnout.domain.governance.access_key import AccessKey, KeySettings
from turnout.domain.governance.scope import Scope
from turnout.domain.shared.ids import KeyId
from turnout.interfaces.control.budget_schemas import LimitsAnswer, LimitsBody
from turnout.interfaces.control.fields import STRICT, Body, Relaxed, Text

LONGEST_OVERLAP_SECONDS = 366 * 24 * 3600
Names = Annotated[frozenset[Text], Field(max_length=1000), Relaxed]
Metadata = dict[Text, Annotated[str, Field(max_length=2000)]]
Moment = Annotated[AwareDatetime, Relaxed, Field(description="ISO 8601, with a time zone")]


class KeyBody(Body):
    """A key to issue. An empty list allows everything."""

    name: Text
    team: Text | None = None
    project: Text | None = None
    routes: Names = Field(frozenset(), description="What a request's `model` may say")
    models: Names = Field(frozenset(), description="Which models may answer, by name or alias")
    providers: Names = Field(frozenset(), description="Which providers may answer")
    networks: Names = Field(frozenset(), description="Where requests may come from: 10.0.0.0/8")
    metadata: Metadata = Field(default_factory=dict)
    expires_at: Moment | None = None
    limits: LimitsBody = LimitsBody()

    def settings(self) -> KeySettings:
        """Return what it says. Raises DomainError `key.network`, `key.scope`."""
        return KeySettings(
            self.name,
            self.team,
            self.project,
            Scope(self.routes, self.models, self.providers, self.networks),
            self.metadata,
            None if self.expires_at is None else self.expires_at.timestamp(),
            self.limits.limits(),
        )


class KeyPatch(TypedDict, total=False):
    """New values for some of a key's settings; what is not given stays."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    name: Text
    team: Text | None
    project: Text | None
    routes: Names
    models: Names
    providers: Names
    networks: Names
    metadata: Metadata
    expires_at: Moment | None
    limits: LimitsBody


def revision_of(id: KeyId, patch: KeyPatch) -> ReviseKey:
    """Return the command that `patch` asks for."""
    changes: KeyChanges = {}
    if "name" in patch:
        changes["name"] = patch["name"]
    if "team" in patch:
        changes["team"] = patch["team"]
    if "project" in patch:
        changes["project"] = patch["project"]
    if "metadata" in patch:
        changes["metadata"] = patch["metadata"]
    if "expires_at" in patch:
        end = patch["expires_at"]
        changes["expires_at_seconds"] = None if end is None else end.timestamp()
    if "limits" in patch:
        changes["limits"] = patch["limits"].limits()
    return ReviseKey(id, changes, _scope_of(patch))


def _scope_of(patch: KeyPatch) -> ScopeChanges:
    scope: ScopeChanges = {}
    if "routes" in patch:
        scope["routes"] = patch["routes"]
    if "models" in patch:
        scope["models"] = patch["models"]
    if "providers" in patch:
        scope["providers"] = patch["providers"]
    if "networks" in patch:
        scope["networks"] = patch["networks"]
    return scope


class Rotation(Body):
    """How long the present token stays good beside the new one."""

    overlap_seconds: float = Field(3600.0, ge=0, le=LONGEST_OVERLAP_SECONDS, allow_inf_nan=False)


class KeyAnswer(BaseModel):
    """A key. Its tokens begin with `sk-to-` and the prefix; nothing else of them is known."""

    id: str
    name: str
    team: str | None
    project: str | None
    routes: list[str]
    models: list[str]
    providers: list[str]
    networks: list[str]
    metadata: dict[str, str]
    prefix: str
    issued_at: datetime
    expires_at: datetime | None
    limits: LimitsAnswer
    revoked_at: datetime | None
    former_prefix: str | None = Field(description="Of the token before the last rotation")
    former_until: datetime | None = Field(description="Until when that one is good")

    @classmethod
    def of(cls, key: AccessKey) -> "KeyAnswer":
        """Show a key."""
        settings, scope = key.settings, key.settings.scope
        return cls(
            id=key.id,
            name=settings.name,
            team=settings.team,
            project=settings.project,
            routes=sorted(scope.routes),
            models=sorted(scope.models),
            providers=sorted(scope.providers),
            networks=sorted(scope.networks),
            metadata=dict(settings.metadata),
            prefix=key.token.prefix,
            issued_at=datetime.fromtimestamp(key.issued_at_seconds, UTC),
            expires_at=_moment(settings.expires_at_seconds),
            limits=LimitsAnswer.of(settings.limits),
            revoked_at=_moment(key.revoked_at_seconds),
            former_prefix=None if key.former is None else key.former.prefix,
            former_until=_moment(key.former_until_seconds),
        )


class IssuedKeyAnswer(KeyAnswer):
    """A key with its token, which is shown this once."""

    token: str


def _moment(epoch_seconds: float | None) -> datetime | None:
    return None if epoch_seconds is None else datetime.fromtimestamp(epoch_seconds, UTC)
