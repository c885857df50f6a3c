from turnout.infrastructure.system.ids import RandomIds


def test_no_name_is_given_twice_not_even_by_two_processes() -> None:
    one, two = RandomIds(), RandomIds()
    names = [source.next_request() for source in (one, two) for _ in range(1000)]
    assert len(set(names)) == 2000
    assert all(name.startswith("req_") for name in names)
