"""The lectures' worked examples as graphs, with the numbers they are worked at."""

from functional_nn.graph.build import build
from functional_nn.graph.graph import Graph
from functional_nn.graph.symbols import gate, symbols


def product_of_sum() -> tuple[Graph, dict[str, float]]:
    """Return f = (x + y) z at x = -2, y = 5, z = -4.

    Source:
        L3-04, "Backpropagation: a simple example"; also L4-12.
    """
    x, y, z = symbols("x y z")
    q = (x + y).named("q")
    return build((q * z).named("f")), {"x": -2.0, "y": 5.0, "z": -4.0}


def cosine() -> tuple[Graph, dict[str, float]]:
    """Return J = cos(sin(x²) + 3x²), step by step as printed, at x = 0.7.

    Source:
        L1-09, "Simple Example"; the lecture leaves x open.
    """
    (x,) = symbols("x")
    t = (x**2).named("t")
    u1 = gate("sin")(t).named("u1")
    u2 = (3 * t).named("u2")
    u = (u1 + u2).named("u")
    return build(gate("cos")(u).named("J")), {"x": 0.7}
