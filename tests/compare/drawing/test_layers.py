"""Where nodes stand: in layers, clear of each other, few crossings, no wire through a card."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from compare.drawing.layers import Cell, layered
from compare.drawing.places import heights
from compare.drawing.tracks import tracks


@st.composite
def dags(draw: st.DrawFn) -> dict[str, list[str]]:
    inputs: dict[str, list[str]] = {}
    for k in range(draw(st.integers(1, 12))):
        sources = st.lists(st.sampled_from(list(inputs)), max_size=3) if inputs else st.just([])
        inputs[f"v{k}"] = draw(sources)
    return inputs


def test_a_leaf_stands_before_its_first_user() -> None:
    drawing = layered({"x": [], "y": [], "z": [], "q": ["x", "y"], "f": ["q", "z"]})
    assert drawing.rank == {"x": 0, "y": 0, "z": 1, "q": 1, "f": 2}
    assert drawing.layers == [
        [Cell("x", 0), Cell("y", 0)],
        [Cell("q", 1), Cell("z", 1)],
        [Cell("f", 2)],
    ]


def test_a_long_wire_has_waypoints() -> None:
    drawing = layered({"x": [], "a": ["x"], "b": ["a"], "f": ["b", "x"]})
    assert [cell for layer in drawing.layers for cell in layer if not drawing.is_node(cell)] == [
        Cell("x", 1),
        Cell("x", 2),
    ]


def test_crossings_that_need_not_be_are_not() -> None:
    drawing = layered({"x": [], "y": [], "a": ["y"], "b": ["x"], "f": ["a", "b"]})
    places = [[cell.name for cell in layer] for layer in drawing.layers]
    assert places in ([["y", "x"], ["a", "b"], ["f"]], [["x", "y"], ["b", "a"], ["f"]])


@given(inputs=dags())
def test_nothing_overlaps(inputs: dict[str, list[str]]) -> None:
    drawing = layered(inputs)
    size = {cell: 3.0 if drawing.is_node(cell) else 1.0 for row in drawing.layers for cell in row}
    middle = heights(drawing, size, gap=2.0)
    for layer in drawing.layers:
        for above, below in pairwise(layer):
            space = middle[below] - size[below] / 2 - middle[above] - size[above] / 2
            assert space >= 2 - 1e-9
    assert all(wire.end.layer == wire.start.layer + 1 for wire in drawing.wires)


@given(
    ends=st.lists(st.integers(0, 8), unique=True, max_size=6),
    starts=st.lists(st.integers(0, 8), unique=True, min_size=1, max_size=4),
)
def test_two_wires_never_share_a_line(ends: list[int], starts: list[int]) -> None:
    nets = {start: ends[k :: len(starts)] for k, start in enumerate(starts)}
    nets = {start: rows for start, rows in nets.items() if rows}
    found = tracks(nets)
    if found is None:
        return
    assert sorted(found.values()) == list(range(len(nets)))
    for start in nets:
        for other, rows in nets.items():
            if other != start and start in rows:
                assert found[start] < found[other]


def test_wires_that_swap_places_have_no_tracks() -> None:
    assert tracks({0: [2], 2: [0]}) is None
    assert tracks({0: [0], 2: [2]}) is not None
