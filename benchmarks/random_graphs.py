"""Random graphs with their inputs: fan-out, diamonds, repeated inputs, nodes that nobody uses.

A recipe is a list of numbers, which hypothesis draws and shrinks; growing it makes a graph whose
shapes fit and whose values stay within bounds.
"""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from hypothesis import strategies as st

from functional_nn import activations, losses
from functional_nn.gates import gates
from functional_nn.graph import Graph, Node

SHAPES = [(), (3,), (2, 3), (3, 2)]  # few, so that what JAX compiles for one serves the next
LIMIT = 30.0  # larger values would drown the smaller ones in rounding

ONE = ("neg", "abs", "copy", "exp", "log", "sin", "cos", *activations)
TWO = ("add", "sub", "mul", "div", "max", "pow")

number = st.integers(0, 9999)


class Recipe(NamedTuple):
    seed: int
    shapes: list[int]  # of the inputs
    constant: int  # -2 to 3
    nodes: list[tuple[int, int, int]]  # which inputs, which gate
    output: int


class Case(NamedTuple):
    graph: Graph
    inputs: dict[str, np.ndarray]
    values: dict[str, Any]


recipes = st.builds(
    Recipe,
    seed=number,
    shapes=st.lists(st.integers(0, len(SHAPES) - 1), min_size=1, max_size=3),
    constant=st.integers(-2, 3),
    nodes=st.lists(st.tuples(number, number, number), min_size=1, max_size=14),
    output=st.integers(1, 3),
)


def grow(recipe: Recipe) -> Case:
    """Return the graph of a recipe, its output a scalar, and where to evaluate it."""
    rng = np.random.default_rng(recipe.seed)
    inputs = {f"x{k}": rng.uniform(-2, 2, SHAPES[n]) for k, n in enumerate(recipe.shapes)}
    nodes = [Node(name, "input") for name in inputs]
    nodes.append(Node("c", "constant", options=(("value", float(recipe.constant)),)))
    values: dict[str, Any] = {name: jnp.asarray(value) for name, value in inputs.items()}
    values["c"] = jnp.asarray(float(recipe.constant))
    for k, choice in enumerate(recipe.nodes):
        node = _node(f"v{k}", choice, values)
        nodes.append(node)
        values[node.name] = _value(node, values)
    last = list(values)[-recipe.output :][0]  # what comes after it is not used
    nodes.append(Node("J", "sum", (last,)))
    return Case(Graph("J", tuple(nodes), "J"), inputs, values)


def _node(name: str, choice: tuple[int, int, int], values: dict[str, Any]) -> Node:
    """Return one more node; where its value would be out of bounds, a sine instead."""
    names = list(values)
    a, b = names[choice[0] % len(names)], names[choice[1] % len(names)]
    calls = _calls(a, b, values)
    gate, sources, options = calls[choice[2] % len(calls)]
    node = Node(name, gate, sources, tuple(options.items()))
    if _away_from_poles(gate, [values[source] for source in sources]):
        value = np.asarray(_value(node, values))
        if (np.abs(value) <= LIMIT).all():  # nan is not
            return node
    return Node(name, "sin", (a,))


def _value(node: Node, values: dict[str, Any]) -> Any:
    return gates[node.gate].forward(*(values[name] for name in node.inputs), **node.keywords)


def _calls(a: str, b: str, values: dict[str, Any]) -> list[tuple[str, tuple[str, ...], dict]]:
    """Return the calls that the shapes of two nodes allow; the two may be one."""
    shape, other = values[a].shape, values[b].shape
    found: list[tuple[str, tuple[str, ...], dict]] = [(gate, (a,), {}) for gate in ONE]
    found += [("power", (a,), {"exponent": n}) for n in (-1, 0, 0.5, 2, 3)]
    found += [("sum", (a,), {}), ("mean", (a,), {})]
    if shape:
        found += [("sum", (a,), {"axis": 0}), ("mean", (a,), {"axis": -1, "keepdims": True})]
    if shape in ((), (3,)):
        found.append(("broadcast", (a,), {"shape": (2, 3)}))
    if all(m == n or 1 in (m, n) for m, n in zip(shape[::-1], other[::-1], strict=False)):
        found += [(gate, (a, b), {}) for gate in TWO] * 3
    if shape and other and shape[-1] == other[-2:][0]:
        found += [("matmul", (a, b), {})] * 5
    if len(shape) == 2 and shape == other:
        found += [(loss, (a, b), {}) for loss in losses]
    return found


def _away_from_poles(gate: str, at: list[Any]) -> bool:
    """Tell whether the inputs are clear of poles, where rounding alone would show."""
    match gate:
        case "div":
            return bool((np.abs(at[1]) > 0.2).all())
        case "log" | "power":
            return bool((np.asarray(at[0]) > 0.2).all())
        case "pow":
            return bool((np.asarray(at[0]) > 0.2).all() and (np.abs(at[1]) < 4).all())
    return True
