import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from turnout.infrastructure.config.faults import ConfigurationFaults, Origin
from turnout.infrastructure.config.tree import (
    Node,
    describe,
    dotted,
    leaves,
    merged,
    nearest,
    plain,
    planted,
    read_tree,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc: '\"#-", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_values_know_their_lines() -> None:
    tree = read_tree("a:\n  b: [1,\n    2]\nc: x", "f.yaml")
    assert [(dotted(path), node.origin.line) for path, node in leaves(tree)] == [
        ("a.b[0]", 2),
        ("a.b[1]", 3),
        ("c", 4),
    ]


@given(st.dictionaries(st.text("abc", min_size=1), VALUES, max_size=4))
def test_plain_values_are_what_yaml_says(value: dict[str, object]) -> None:
    assert plain(read_tree(yaml.safe_dump(value), "f")) == value


def test_anchors_and_merge_keys_work() -> None:
    tree = read_tree("base: &b {x: 1, y: 2}\nmore: {<<: *b, y: 3}", "f")
    assert plain(tree) == {"base": {"x": 1, "y": 2}, "more": {"x": 1, "y": 3}}


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert plain(read_tree("# nothing", "f")) == {}


@pytest.mark.parametrize("text", ["a: b: c", "a: [1", "\ta: 1", "a: !!python/object:os.system x"])
def test_what_is_not_plain_yaml_is_a_fault(text: str) -> None:
    with pytest.raises(ConfigurationFaults):
        read_tree(text, "f")


def test_mappings_merge_and_lists_are_replaced() -> None:
    base = read_tree("a: {x: 1, y: [1, 2]}\nb: 1", "base")
    over = read_tree("a: {y: [3]}\nc: 2", "over")
    both = merged(base, over)
    assert plain(both) == {"a": {"x": 1, "y": [3]}, "b": 1, "c": 2}
    assert nearest(both, ("a", "y", 0)).origin.source == "over"
    assert nearest(both, ("a", "x")).origin.source == "base"


def test_the_nearest_node_of_a_missing_path_is_its_parent() -> None:
    tree = read_tree("a:\n  b: 1", "f")
    assert nearest(tree, ("a", "zzz")).origin.line == 1


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "nothing"), ({}, "a mapping"), ([], "a list"), ("x", "'x'"), (True, "True")],
)
def test_values_are_described_shortly(value: str | bool | None, words: str) -> None:
    assert describe(Node(value, Origin("f"))) == words


def test_long_values_are_cut() -> None:
    assert len(describe(Node("x" * 1000, Origin("f")))) == 60


def test_a_reference_that_wants_quotes_is_told() -> None:
    with pytest.raises(ConfigurationFaults, match="put a reference in quotes"):
        read_tree("a: {b: ${C}}", "f")


def test_plain_values_are_planted_with_the_origin_that_is_told() -> None:
    content = {"a": {"b": [1, None, "x"], 2: 0.5}}
    tree = planted(content, Origin("scenario"))
    assert plain(tree) == {"a": {"b": [1, None, "x"], "2": 0.5}}
    assert nearest(tree, ("a", "b", 1)).origin == Origin("scenario")
