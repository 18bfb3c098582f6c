"""Whatever holds arrays is looked into; what cannot be looked into stays as it is."""

from collections import namedtuple
from typing import Any

import numpy as np
import pytest

from compare.program.contents import map_contents

Pair = namedtuple("Pair", "left right")


class Layer:
    """Keeps its parameters as attributes."""

    def __init__(self, W: Any) -> None:
        self.W = W


def doubled(leaf: Any) -> Any:
    return 2 * leaf if type(leaf) is int else leaf


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (3, 6),
        (None, None),
        ([1, (2, "a")], [2, (4, "a")]),
        ({"b": 1, "a": {2: 3}}, {"b": 2, "a": {2: 6}}),
        ({1: 1, "unordered": 2}, {1: 2, "unordered": 4}),
        (Pair(1, [2, None]), Pair(2, [4, None])),
        (len, len),
    ],
)
def test_parts_of_containers(content: object, wanted: object) -> None:
    found = map_contents(doubled, content)
    assert found == wanted
    assert type(found) is type(content)


def test_the_order_of_a_dictionary_stays() -> None:
    assert list(map_contents(doubled, {"b": 1, "a": 2})) == ["b", "a"]


def test_an_object_is_copied_with_what_it_holds() -> None:
    layer = Layer([1, {"deep": Layer(2)}])
    found = map_contents(doubled, layer)
    layer.W[0] = 5
    assert found is not layer
    assert (found.W[0], found.W[1]["deep"].W) == (2, 4)


def test_objects_within_objects_are_looked_into_so_deep() -> None:
    chain: Any = 1
    for _ in range(5):
        chain = Layer(chain)
    assert map_contents(doubled, chain).W.W.W.W.W == 1
    assert map_contents(doubled, chain, deep=5).W.W.W.W.W == 2


def test_an_array_stays_the_array_it_is() -> None:
    array = np.ones(2)
    assert map_contents(doubled, [array])[0] is array
