"""Graphs as SVG."""

import inspect
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from compare.drawing import svg
from compare.drawing.cards import cards
from functional_nn.graph import build, gate, symbol
from functional_nn.graph.examples import cosine, product_of_sum
from manual_backprop.graph import backpropagate, push
from tests.functional_nn.graph.nested import net

SVG = "{http://www.w3.org/2000/svg}"
EXAMPLES = {
    "product_of_sum": backpropagate(*product_of_sum()),
    "cosine": backpropagate(*cosine()),
    "tangents": push(*product_of_sum(), {"x": 1.0}),
    "no numbers": cosine()[0],
    "modules": net(),
}


def boxes(text: str) -> list[tuple[float, float, float, float]]:
    """Return left, top, right, bottom of each card."""
    found = []
    for rect in ET.fromstring(text).iter(f"{SVG}rect"):
        if "card " in rect.get("class", ""):
            x, y, width, height = (float(rect.get(key, 0)) for key in ("x", "y", "width", "height"))
            found.append((x, y, x + width, y + height))
    return found


def words(text: str, kind: str) -> list[str]:
    found = ET.fromstring(text).iter(f"{SVG}text")
    return [str(each.text) for each in found if each.get("class") == kind]


@pytest.mark.parametrize("name", EXAMPLES)
def test_cards_keep_clear_of_each_other_and_of_the_edge(name: str) -> None:
    text = svg(EXAMPLES[name])
    root = ET.fromstring(text)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    cards = boxes(text)
    for k, (left, top, right, bottom) in enumerate(cards):
        assert 0 < left < right < width
        assert 0 < top < bottom < height
        for other in cards[:k]:
            assert right < other[0] or other[2] < left or bottom < other[1] or other[3] < top


@pytest.mark.parametrize("name", EXAMPLES)
def test_words_stay_within_their_card(name: str) -> None:
    text = svg(EXAMPLES[name])
    cards = boxes(text)
    for each in ET.fromstring(text).iter(f"{SVG}text"):
        if not each.get("class"):
            continue  # the header
        x, y, length = float(each.get("x", 0)), float(each.get("y", 0)), 8.43 * len(each.text or "")
        left = x - length if each.get("text-anchor") == "end" else x
        assert any(a <= left and left + length <= c and b < y < d for a, b, c, d in cards)


def test_the_lecture_s_numbers() -> None:
    text = svg(EXAMPLES["product_of_sum"])
    assert words(text, "title") == ["x", "y", "z", "q = x + y", "f = q * z"]
    assert words(text, "value") == ["-2", "5", "-4", "3", "-12"]
    assert words(text, "derivative") == ["-4", "-4", "3", "-4", "1"]
    assert "∂f/∂q" in words(text, "label")


def test_frames_tell_kinds_apart_without_colour() -> None:
    kinds = re.findall(r'class="card ([a-z ]+)"', svg(EXAMPLES["cosine"]))
    assert sorted(kinds) == ["constant", *["gate"] * 4, "gate output", "input"]
    assert "font-style: italic" in svg(EXAMPLES["cosine"])
    modules = svg(EXAMPLES["modules"])
    assert modules.count('class="card module"') == 2
    opened = svg(EXAMPLES["modules"], opened=True)
    assert 'class="card module"' not in opened
    assert "h1/d/z = h1/d/v1 + h1/d/b" in words(opened, "title")


def test_names_are_escaped() -> None:
    x = symbol("a<b&c")
    assert "a<b&c" in words(svg(build(gate("sin")(x))), "title")


def test_two_drawings_of_one_graph_are_one_file() -> None:
    assert svg(EXAMPLES["cosine"]) == svg(backpropagate(*cosine()))


@pytest.mark.parametrize("nothing", [None, 3, symbol("x")])
def test_what_cannot_be_drawn(nothing: Any) -> None:
    """What both drawings begin with, without the tests' own check of types before it."""
    with pytest.raises(TypeError, match=r"is nothing to draw; give a graph, which build\(symbol\)"):
        inspect.unwrap(cards)(nothing)
