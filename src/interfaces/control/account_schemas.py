"""What the control plane accepts and tells of accounts."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from turnout.domain.governance.accounts import MOST_PASSWORD, AdminToken, User
from turnout.domain.governance.roles import Role
from turnout.interfaces.control.fields import Body, Relaxed

AccountName = Annotated[str, Field(min_length=1, max_length=255)]
Password = Annotated[str, Field(max_length=MOST_PASSWORD, examples=["correct horse battery"])]
RoleWord = Annotated[Role, Relaxed]


class SetUpBody(Body):
    """The set-up token of the console, and the first admin."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    name: AccountName
    password: Password


class SignInBody(Body):
    """Name and password of a local user."""

    name: AccountName
    password: Password


class UserBody(Body):
    """A user to make."""

    name: AccountName
    role: RoleWord
    password: Password


class UserPatch(Body):
    """New values for some of a user's settings; what is not given stays."""

    role: RoleWord | None = None
    password: Password | None = None


class TokenBody(Body):
    """A token to issue; without days it is good for ever."""

    name: AccountName
    role: RoleWord
    expires_in_days: Annotated[float, Field(gt=0, le=3650, allow_inf_nan=False)] | None = None


class UserAnswer(BaseModel):
    """A user."""

    name: str
    role: Role

    @classmethod
    def of(cls, user: User) -> "UserAnswer":
        """Show a user."""
        return cls(name=user.name, role=user.role)


class TokenAnswer(BaseModel):
    """An admin token; the secret itself is not kept."""

    name: str
    role: Role
    expires_at: datetime | None

    @classmethod
    def of(cls, token: AdminToken) -> "TokenAnswer":
        """Show a token."""
        at = token.expires_at
        expires = None if at is None else datetime.fromtimestamp(at, UTC)
        return cls(name=token.name, role=token.role, expires_at=expires)


class IssuedTokenAnswer(TokenAnswer):
    """A new admin token, with the secret, this once."""

    token: str
