from turnout.domain.shared.ids import ProviderId, deployment_id


def test_a_deployment_is_named_by_provider_and_model() -> None:
    assert deployment_id(ProviderId("north"), "meta/llama") == "north/meta/llama"
