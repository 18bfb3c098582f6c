"""The lectures' worked examples, with the numbers and lines they print."""

import math

import pytest

from functional_nn.graph import build, gate, symbols
from functional_nn.graph.examples import cosine, product_of_sum
from manual_backprop.graph import backpropagate, push


def test_product_of_sum() -> None:
    """L3-04: f = (x + y) z at x = -2, y = 5, z = -4."""
    sweep = backpropagate(*product_of_sum())
    values = {name: float(value) for name, value in sweep.values.items()}
    partials = {name: float(partial) for name, partial in sweep.partials.items()}
    assert values == {"x": -2, "y": 5, "z": -4, "q": 3, "f": -12}
    assert partials == {"f": 1, "q": -4, "z": 3, "x": -4, "y": -4}


def test_increasing_x_decreases_f_by_four() -> None:
    """L4-12: by increasing x by a scale of 1, we decrease f by a scale of 4."""
    graph, inputs = product_of_sum()
    assert graph(**(inputs | {"x": -1})) - graph(**inputs) == -4
    assert push(graph, inputs, {"x": 1}).tangent("f") == -4


@pytest.mark.usefixtures("x64")
def test_the_eight_backward_lines() -> None:
    """L1-09: J = cos(sin(x²) + 3x²), each printed line a contribution to a partial."""
    graph, inputs = cosine()
    sweep = backpropagate(graph, inputs)
    x = inputs["x"]
    t = x**2
    u = math.sin(t) + 3 * t
    dJ_du = -math.sin(u)
    dJ_du1 = dJ_du * 1
    dJ_du2 = dJ_du * 1
    dJ_dt = dJ_du1 * math.cos(t)
    dJ_dt += dJ_du2 * 3
    dJ_dx = dJ_dt * 2 * x
    printed = {"J": 1, "u": dJ_du, "u1": dJ_du1, "u2": dJ_du2, "t": dJ_dt, "x": dJ_dx}
    for name, partial in printed.items():
        assert float(sweep.partial(name)) == pytest.approx(partial, rel=1e-14), name


def test_patterns_in_the_gradient_s_flow() -> None:
    """L3-05 to L3-08, at x = 2, y = 3, with 5 coming back."""
    x, y = symbols("x y")
    patterns = {
        "add": (5, 5),  # distributor
        "mul": (15, 10),  # swap multiplier
        "max": (0, 5),  # router
    }
    for name, wanted in patterns.items():
        sweep = backpropagate(build(5 * gate(name)(x, y)), {"x": 2.0, "y": 3.0})
        assert (sweep.partial("x"), sweep.partial("y")) == wanted, name
    copied = gate("copy")(x)
    adder = backpropagate(build(5 * copied + 7 * copied), {"x": 2.0})
    assert adder.partial("x") == 12  # copy: what its users send back adds up


def test_reading_a_sweep() -> None:
    sweep = backpropagate(*product_of_sum())
    assert str(sweep).splitlines() == [
        "  node         value  df/dnode",
        "  x     input     -2        -4",
        "  y     input      5        -4",
        "  z     input     -4         3",
        "  q     x + y      3        -4",
        "  f     q * z    -12         1",
    ]
    assert (sweep.value("q"), sweep.partial("q")) == (3, -4)
    with pytest.raises(KeyError, match="f: no node is called 'w'; known: x, y, z, q, f"):
        sweep.partial("w")
