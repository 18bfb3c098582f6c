"""A graph made of nodes: what it is, and what is no graph."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from functional_nn.graph import Graph, Node, evaluate, values
from functional_nn.graph.examples import product_of_sum

X, Y = Node("x", "input"), Node("y", "input")


def test_nodes_may_come_in_any_order() -> None:
    graph, _ = product_of_sum()
    assert Graph("f", graph.nodes[::-1], "f").nodes[-1].name == "f"
    shuffled = Graph("f", (graph.nodes[4], *graph.nodes[:4]), "f")
    assert shuffled == graph
    assert hash(shuffled) == hash(graph)


def test_options_have_one_form() -> None:
    plain = Node("s", "sum", ("x",))
    assert Node("s", "sum", ("x",), (("keepdims", False), ("axis", None))) == plain
    assert Node("s", "sum", ("x",), (("axis", [0, 1]),)).keywords == {"axis": (0, 1)}
    assert Node("s", "sum", ("x",), (("axis", np.int64(1)),)).keywords == {"axis": 1}


def test_a_graph_is_static_under_jit() -> None:
    graph, inputs = product_of_sum()
    assert jax.jit(evaluate)(graph, inputs) == -12


def test_every_value_by_name() -> None:
    graph, inputs = product_of_sum()
    found = {name: float(value) for name, value in values(graph, inputs).items()}
    assert found == {"x": -2, "y": 5, "z": -4, "q": 3, "f": -12}


def test_repr_is_one_line() -> None:
    graph, _ = product_of_sum()
    assert repr(graph) == "Graph('f', 5 nodes: x, y, z -> f)"


# --- no graph ----------------------------------------------------------------------------------

NOT_GRAPHS = [
    pytest.param(
        (X, Node("a", "sin", ("b",)), Node("b", "add", ("a", "x"))),
        "b",
        "the nodes form a cycle, a -> b -> a: a value cannot depend on itself",
        id="cycle",
    ),
    pytest.param((X, Node("a", "add", ("a", "x"))), "a", "a cycle, a -> a:", id="own input"),
    pytest.param(
        (X, Node("speed", "sin", ("x",)), Node("a", "sin", ("sped",))),
        "a",
        "graph 'g', a: no node is called 'sped'; did you mean 'speed'? known: x, speed, a",
        id="missing input",
    ),
    pytest.param((X,), "y", "graph 'g', the output: no node is called 'y'", id="missing output"),
    pytest.param((X, X), "x", "two nodes are called 'x'; a name stands for one node", id="twice"),
]


@pytest.mark.parametrize(("nodes", "output", "sentence"), NOT_GRAPHS)
def test_what_is_no_graph(nodes: tuple[Node, ...], output: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("?", r"\?")):
        Graph("g", nodes, output)


def test_what_is_no_node() -> None:
    with pytest.raises(ValueError, match=r"unknown gate 'sine'; did you mean 'sin'\?"):
        Node("a", "sine", ("x",))
    with pytest.raises(ValueError, match="node 'x': an input takes nothing; it was given y"):
        Node("x", "input", ("y",))
    with pytest.raises(ValueError, match="node 'c': a constant takes one option, its value"):
        Node("c", "constant")
    with pytest.raises(ValueError, match="node 'm': a module node takes its graph"):
        Node("m", "module", ("x",))
    with pytest.raises(ValueError, match="node 'm': module 'f' takes x, y, z; it was given x"):
        Node("m", "module", ("x",), module=product_of_sum()[0])


# --- what a call refuses -----------------------------------------------------------------------


def test_inputs_must_be_the_graph_s() -> None:
    graph, _ = product_of_sum()
    with pytest.raises(ValueError, match="f takes x, y, z; not given: y, z"):
        graph(1)
    with pytest.raises(ValueError, match="f: no input is called 'w'; known: x, y, z"):
        graph(1, 2, 3, w=4)
    with pytest.raises(ValueError, match=r"f takes 3 inputs \(x, y, z\), got 4"):
        graph(1, 2, 3, 4)
    with pytest.raises(ValueError, match="f: input 'x' is given twice, by place and by name"):
        graph(1, 2, 3, x=4)


def test_shapes_must_fit() -> None:
    graph, _ = product_of_sum()
    sentence = (
        r"node q = x \+ y cannot be computed from x \[2, 3\] and y \[2\]: "
        r"shapes \[2, 3\] and \[2\] do not broadcast to one"
    )
    with pytest.raises(ValueError, match=sentence):
        graph(jnp.ones((2, 3)), jnp.ones(2), 1)
    with pytest.raises(ValueError, match=sentence):
        jax.jit(graph)(jnp.ones((2, 3)), jnp.ones(2), 1)


def test_dtypes() -> None:
    graph, _ = product_of_sum()
    assert graph(1, 2, 3).dtype == jnp.float32
    assert graph(jnp.float16(1), 2, np.array([3, 4])).dtype == jnp.float16
    with pytest.raises(TypeError, match=r"dtypes differ \(x float16, y float32\); give one dtype"):
        graph(jnp.float16(1), jnp.float32(1), 1)
    with pytest.raises(TypeError, match="f: input 'x' is complex64; give real numbers"):
        graph(1j, 1, 1)
    with jax.enable_x64(True):
        assert graph(1, 2, 3).dtype == jnp.float64
