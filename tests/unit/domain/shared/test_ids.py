from turnout.domain.shared.ids import ProviderId, deployment_id


def test_a_deployment_is_named_by_provider_and_model() -> None:
    assert deployment_id(ProviderId("north"), "meta/llama") == "north/meta/llama"


def test_any_account_but_the_first_is_told_by_its_number() -> None:
    north = ProviderId("north")
    assert deployment_id(north, "m", 1) == "north/m"
    assert deployment_id(north, "m", 2) == "north/m#2"
