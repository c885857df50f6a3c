import pytest
from tests.support.catalog import OPENAI, chain_of, full_settings

from turnout.application.commands.target_check import check_targets
from turnout.domain.catalog.provider import Provider
from turnout.domain.shared.errors import DomainError
from turnout.domain.shared.ids import ChainId

MAIN = ChainId("main")
PROVIDERS = {OPENAI: Provider(OPENAI, full_settings(OPENAI))}


def test_providers_models_and_aliases_are_good_targets() -> None:
    check_targets(MAIN, chain_of("openai", "openai/large", "openai/big"), PROVIDERS)
    with pytest.raises(DomainError):
        check_targets(MAIN, chain_of("openai", "nobody"), PROVIDERS)


@pytest.mark.parametrize(
    ("target", "code", "says"),
    [
        ("opanai", "chain.unknown_target", "no provider 'opanai': did you mean 'openai'?"),
        ("opanai/large", "chain.unknown_target", "target 'opanai/large': no provider 'opanai'"),
        ("openai/larg", "chain.unknown_model", "no model 'larg': did you mean 'large'?"),
        ("openai/vendor/large-2", "chain.unknown_model", "no model 'vendor/large-2'"),
    ],
)
def test_others_are_refused_with_names_like_them(target: str, code: str, says: str) -> None:
    with pytest.raises(DomainError) as refusal:
        check_targets(MAIN, chain_of("openai", target), PROVIDERS)
    assert refusal.value.code == code
    assert says in refusal.value.message
