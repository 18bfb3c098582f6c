"""The forward sweep: every value, in topological order."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array

from functional_nn.gates import gates
from functional_nn.graph.checks import unknown
from functional_nn.graph.graph import Graph, Node, checked
from functional_nn.graph.text import equation


def evaluate(graph: Graph, inputs: Mapping[str, Any]) -> Array:
    """Return the output of a graph."""
    return values(graph, inputs)[graph.output]


def function_of(graph: Graph) -> Callable[..., Array]:
    """Return the graph as a plain function of its inputs, one argument each, for ``register``.

    The function has the graph as its ``graph``, by which a gate of it is known as a module:
    ``compare.gates.module``.
    """

    def function(*inputs: Any) -> Array:
        return evaluate(graph, dict(zip(graph.inputs, inputs, strict=True)))

    kind = inspect.Parameter.POSITIONAL_ONLY
    names = (
        name if name.isidentifier() else f"input{k}" for k, name in enumerate(graph.inputs, start=1)
    )
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, kind) for name in names]
    )
    function.__name__ = function.__qualname__ = graph.name
    function.graph = graph  # type: ignore[attr-defined]
    return function


def values(graph: Graph, inputs: Mapping[str, Any]) -> dict[str, Array]:
    """Return the value of every node by name; inside a module the name is "module/node".

    Args:
        graph: The graph.
        inputs: A number or an array for each input.

    Raises:
        TypeError: If an input is no real number, or float dtypes are mixed.
        ValueError: If an input is missing or unknown, or shapes do not fit; the message names
            the node.
    """
    known = as_arrays(graph, inputs)
    dtype = next(iter(known.values())).dtype if known else jnp.result_type(float)
    for node in graph.flat:
        if node.gate == "constant":
            known[node.name] = jnp.asarray(node.keywords["value"], dtype)
        elif node.gate != "input":
            known[node.name] = value_of(node, [known[name] for name in node.inputs])
    return known


def value_of(node: Node, inputs: Sequence[Array]) -> Array:
    """Return the value of one gate node.

    Raises:
        ValueError: If the shapes do not fit the gate, or it is not registered any more.
    """
    if node.gate not in gates:
        raise ValueError(
            f"node {equation(node)}: no gate is called {node.gate!r} any more; it was registered "
            "when the graph was made: register it again"
        )
    try:
        return gates[node.gate].forward(*inputs, **node.keywords)
    except (TypeError, ValueError) as error:
        pairs = dict(zip(node.inputs, inputs, strict=True)).items()
        shapes = " and ".join(f"{name} {list(value.shape)}" for name, value in pairs)
        raise ValueError(
            f"node {equation(node)} cannot be computed from {shapes}: {error}"
        ) from error


def bound(graph: Graph, args: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of a call by name.

    Raises:
        ValueError: If one is missing, unknown, or given twice.
    """
    if len(args) > len(graph.inputs):
        raise ValueError(
            f"{graph.name} takes {len(graph.inputs)} inputs ({', '.join(graph.inputs)}), "
            f"got {len(args)}"
        )
    by_place = dict(zip(graph.inputs, args, strict=False))
    if twice := [name for name in by_place if name in named]:
        raise ValueError(f"{graph.name}: input {twice[0]!r} is given twice, by place and by name")
    given = {**by_place, **named}
    check_inputs(graph, given)
    return given


def check_inputs(graph: Graph, given: Mapping[str, Any]) -> None:
    """Refuse inputs that are missing or unknown."""
    if not isinstance(given, Mapping):
        raise TypeError(
            f"{graph.name}: the inputs are {type(given).__name__}; give a dictionary with a value "
            f"for each of {', '.join(graph.inputs) or 'none'}"
        )
    for name in given:
        if name not in graph.inputs:
            raise ValueError(f"{graph.name}: {unknown('input', name, graph.inputs)}")
    if missing := [name for name in graph.inputs if name not in given]:
        raise ValueError(
            f"{graph.name} takes {', '.join(graph.inputs)}; not given: {', '.join(missing)}"
        )


def as_array(value: Any, what: str) -> Array:
    """Return a value as an array.

    Raises:
        TypeError: If it is none; ``what`` says whose value it is.
    """
    try:
        if not isinstance(value, str):  # NumPy has dtypes that are called so
            return jnp.asarray(value)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{what} is {value!r}; give a number, or an array of them")


def as_arrays(graph: Graph, given: Mapping[str, Any]) -> dict[str, Array]:
    """Return the inputs as arrays of one float dtype: the arrays' own, or JAX's default.

    Raises:
        TypeError: If an input is no real number, or the arrays' float dtypes differ.
        ValueError: If an input is missing or unknown.
    """
    check_inputs(checked(graph), given)
    arrays = {name: as_array(given[name], f"{graph.name}: input {name!r}") for name in graph.inputs}
    for name, array in arrays.items():
        if jnp.issubdtype(array.dtype, jnp.complexfloating) or array.dtype == bool:
            raise TypeError(f"{graph.name}: input {name!r} is {array.dtype}; give real numbers")
    own = {
        name: array.dtype
        for name, array in arrays.items()
        if jnp.issubdtype(array.dtype, jnp.floating) and not isinstance(given[name], float)
    }
    if len(set(own.values())) > 1:
        listed = ", ".join(f"{name} {dtype}" for name, dtype in own.items())
        raise TypeError(f"{graph.name}: the inputs' float dtypes differ ({listed}); give one dtype")
    dtype = next(iter(own.values()), jnp.result_type(float))
    return {name: array.astype(dtype) for name, array in arrays.items()}
