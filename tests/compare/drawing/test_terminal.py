"""Graphs drawn with characters."""

import re

from compare.drawing import terminal
from functional_nn.graph import build, gate, symbol, symbols
from functional_nn.graph.examples import cosine, product_of_sum
from manual_backprop.graph import backpropagate
from tests.functional_nn.graph.nested import net


def lines(text: str) -> list[str]:
    return text.strip("\n").splitlines()


PRODUCT_OF_SUM = """
╭───────────╮
│ x         │
│ value  -2 │──┐
│ ∂f/∂x  -4 │  │  ┌───────────┐
╰───────────╯  └─>│ q = x + y │
                  │ value   3 │──┐
╭───────────╮ ┌──>│ ∂f/∂q  -4 │  │  ┏━━━━━━━━━━━━┓
│ y         │ │   └───────────┘  └─>┃ f = q * z  ┃
│ value   5 │─┘                     ┃ value  -12 ┃
│ ∂f/∂y  -4 │     ╭───────────╮ ┌──>┃ ∂f/∂f    1 ┃
╰───────────╯     │ z         │ │   ┗━━━━━━━━━━━━┛
                  │ value  -4 │─┘
                  │ ∂f/∂z   3 │
                  ╰───────────╯
"""

COSINE = """
                                             ┌─────────────────┐
                                             │ u1 = sin(t)     │
╭───────────────╮    ┌─────────────────┐  ┌─>│ value    0.4706 │──┐
│ x             │    │ t = x ** 2      │  │  │ ∂J/∂u1  -0.9324 │  │  ┌────────────────┐    ┏━━━━━━━━━━━━━━━━┓
│ value     0.7 │───>│ value      0.49 │──┤  └─────────────────┘  └─>│ u = u1 + u2    │    ┃ J = cos(u)     ┃
│ ∂J/∂x  -5.068 │    │ ∂J/∂t     -3.62 │  │                          │ value    1.941 │───>┃ value  -0.3615 ┃
╰───────────────╯    └─────────────────┘  │  ┌─────────────────┐ ┌──>│ ∂J/∂u  -0.9324 │    ┃ ∂J/∂J        1 ┃
                                         ┌│─>│ u2 = 3 * t      │ │   └────────────────┘    ┗━━━━━━━━━━━━━━━━┛
                     ┌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┐ ││  │ value      1.47 │─┘
                     ┆ c1 = 3          ┆ │└─>│ ∂J/∂u2  -0.9324 │
                     ┆ value         3 ┆─┘   └─────────────────┘
                     ┆ ∂J/∂c1  -0.4569 ┆
                     └╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┘
"""  # noqa: E501


def test_product_of_sum() -> None:
    assert lines(terminal(backpropagate(*product_of_sum()))) == lines(PRODUCT_OF_SUM)


def test_cosine() -> None:
    assert lines(terminal(backpropagate(*cosine()))) == lines(COSINE)


def test_colours_change_no_letter() -> None:
    sweep = backpropagate(*product_of_sum())
    coloured = terminal(sweep, colour=True)
    assert re.sub(r"\x1b\[\d+m", "", coloured) == terminal(sweep)
    assert "\x1b[32m-12\x1b[0m" in coloured
    assert "\x1b[31m-4\x1b[0m" in coloured


def test_modules_have_double_frames() -> None:
    drawn = terminal(net(), columns=200)
    assert "║ h1 = layer(x, W1, b1) ║" in drawn
    assert "h1/d/z = h1/d/v1 + h1/d/b" in terminal(net(), opened=True, columns=2000)


def test_what_is_too_wide_is_a_table() -> None:
    sweep = backpropagate(*cosine())
    assert terminal(sweep, columns=60) == str(sweep)
    value = symbol("x")
    for _ in range(10_000):
        value = gate("sin")(value)
    graph = build(value)
    assert terminal(graph) == str(graph)


def test_one_node() -> None:
    (x,) = symbols("x")
    assert terminal(build(x)).splitlines() == ["┏━━━┓", "┃ x ┃", "┗━━━┛"]
