from turnout.interfaces.simulator.stamp import Stamp


def test_ids_follow_from_seed_sequence_and_label() -> None:
    ids = {
        Stamp(0, 1).id("call_"),
        Stamp(1, 1).id("call_"),
        Stamp(0, 2).id("call_"),
        Stamp(0, 1).id("call_", "1"),
    }
    assert len(ids) == 4
    assert Stamp(0, 1).id("call_") == Stamp(0, 1).id("call_")
    assert all(one.startswith("call_") and len(one) == 29 for one in ids)


def test_shares_are_spread_evenly() -> None:
    shares = [Stamp(5, sequence).share("error") for sequence in range(2000)]
    assert all(0 <= share < 1 for share in shares)
    assert 900 < sum(share < 0.5 for share in shares) < 1100


def test_a_later_request_was_created_later() -> None:
    assert Stamp(0, 2).created == Stamp(0, 1).created + 1
