from datetime import UTC, datetime

from turnout.domain.governance.accounts import AdminToken, User
from turnout.domain.governance.roles import Role
from turnout.interfaces.control.account_schemas import TokenAnswer, UserAnswer


def test_answers_hold_nothing_that_proves_anything() -> None:
    user = UserAnswer.of(User("ann", Role.ADMIN, "a hash"))
    assert user.model_dump() == {"name": "ann", "role": "admin"}
    token = TokenAnswer.of(AdminToken("ci", Role.VIEWER, "a digest", 0.0))
    assert token.model_dump() == {
        "name": "ci",
        "role": "viewer",
        "expires_at": datetime(1970, 1, 1, tzinfo=UTC),
    }
    assert TokenAnswer.of(AdminToken("ci", Role.VIEWER, "a digest")).expires_at is None
