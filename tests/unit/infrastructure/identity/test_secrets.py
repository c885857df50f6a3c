from turnout.infrastructure.identity.secrets import RandomSecrets


def test_secrets_are_long_and_never_the_same() -> None:
    made = [RandomSecrets().next_secret() for _ in range(100)]
    assert len(set(made)) == 100
    assert {len(secret) for secret in made} == {43}
