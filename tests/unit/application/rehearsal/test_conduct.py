from turnout.application.rehearsal.conduct import Conduct, Conducts, Spell

USUAL, BAD, WORSE = Conduct(), Conduct(slower=2.0), Conduct(slower=3.0)


def test_a_spell_holds_from_its_beginning_until_its_end() -> None:
    conducts = Conducts(USUAL, [Spell("worse", 30.0, 40.0, WORSE), Spell("bad", 10.0, 20.0, BAD)])
    moments = (0.0, 9.9, 10.0, 19.9, 20.0, 29.9, 30.0, 40.0, 1e9)
    found = [conducts.at(moment).slower for moment in moments]
    assert found == [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 3.0, 1.0, 1.0]


def test_of_two_at_once_the_one_that_began_first_holds() -> None:
    conducts = Conducts(USUAL, [Spell("bad", 10.0, 20.0, BAD), Spell("worse", 15.0, 30.0, WORSE)])
    assert [conducts.at(moment).slower for moment in (12.0, 17.0, 21.0, 31.0)] == [2, 2, 3, 1]


def test_a_thinner_day_has_smaller_bounds() -> None:
    spell = Spell("bad", 1.0, 2.0, Conduct(at_once=10, requests_per_minute=7)).thinned(0.25)
    assert (spell.conduct.at_once, spell.conduct.requests_per_minute) == (2, 2)
    assert Conduct(at_once=1).thinned(0.01).at_once == 1
    assert USUAL.thinned(0.5) == USUAL
