"""Circles in the routing, against scipy's strongly connected components."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from telharmonic.errors import SessionFileError
from telharmonic.protocol.routing import check_routing

CHANNELS = ("strip/1", "strip/2", "group/a", "group/b", "group/c")


def test_strips_into_groups_into_groups_are_fine():
    check_routing(CHANNELS, {"strip/1/output": "group/a", "group/a/output": "group/b", "group/b/output": "group/c"})


def test_two_strips_may_listen_to_each_other():
    check_routing(CHANNELS, {"strip/1/comp_key": "strip/2", "strip/2/comp_key": "strip/1"})


def test_a_circle_is_drawn_in_the_error():
    with pytest.raises(SessionFileError, match="group/a -> group/b -> group/a"):
        check_routing(CHANNELS, {"group/a/output": "group/b", "group/b/output": "group/a"})


def test_a_side_chain_may_not_close_a_circle_through_a_group():
    with pytest.raises(SessionFileError, match="strip/1 -> group/a -> strip/1"):
        check_routing(CHANNELS, {"strip/1/output": "group/a", "strip/1/comp_key": "group/a"})


outputs = st.fixed_dictionaries({f"{name}/output": st.sampled_from(("master", *CHANNELS[2:])) for name in CHANNELS})
keys = st.fixed_dictionaries({f"{name}/comp_key": st.sampled_from(("self", *CHANNELS)) for name in CHANNELS})


@given(outputs, keys)
def test_refuses_exactly_the_outputs_that_lie_inside_a_strong_component(output, key):
    feeds, edges = [], []
    for at, name in enumerate(CHANNELS):
        target, source = output[f"{name}/output"], key[f"{name}/comp_key"]
        if target != "master":
            feeds.append((at, CHANNELS.index(target)))
        if source not in ("self", name):
            edges.append((CHANNELS.index(source), at))
    rows, columns = zip(*(feeds + edges), strict=True) if feeds + edges else ((), ())
    graph = coo_array(([1] * len(rows), (rows, columns)), shape=(5, 5))
    _, label = connected_components(graph, directed=True, connection="strong")
    circle = any(label[source] == label[target] for source, target in feeds)
    if circle:
        with pytest.raises(SessionFileError):
            check_routing(CHANNELS, output | key)
    else:
        check_routing(CHANNELS, output | key)
