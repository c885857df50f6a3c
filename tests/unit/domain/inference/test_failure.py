from turnout.domain.inference.failure import DISPOSITIONS, FailureKind, MovesOn, ProviderFailure


def test_every_kind_has_a_disposition() -> None:
    assert set(DISPOSITIONS) == set(FailureKind)


def test_what_the_caller_did_wrong_neither_moves_on_nor_hurts() -> None:
    for kind in (FailureKind.BAD_REQUEST, FailureKind.CONTENT_REFUSED):
        disposition = ProviderFailure(kind, "no").disposition
        assert disposition.moves_on is MovesOn.NEVER
        assert not disposition.hurts_health


def test_a_rate_limit_moves_on_and_leaves_health_alone() -> None:
    disposition = DISPOSITIONS[FailureKind.RATE_LIMITED]
    assert disposition.moves_on is MovesOn.ALWAYS
    assert not disposition.hurts_health
