"""The Jacobian of a graph, both ways: one sweep gives a row, or a column.

    reverse   backwards from one element of the output: a row      sweeps: elements of the output
    forward   along one element of an input: a column              sweeps: elements of the input

A loss has one output and many inputs, which is why networks are trained backwards.
"""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from functional_nn.graph import Graph, evaluate
from functional_nn.graph.checks import unknown
from functional_nn.graph.evaluate import as_arrays
from manual_backprop.graph.reverse import value_and_partials
from manual_backprop.graph.tangents import value_and_tangent


def jacobian_by_rows(graph: Graph, inputs: Mapping[str, Any], wrt: str) -> Array:
    """Return d output / d input, shape [*output, *input], by reverse sweeps.

    Args:
        graph: The graph.
        inputs: A number or an array for each input.
        wrt: Name of the input, or of a node inside.
    """
    known = as_arrays(graph, inputs)
    of = value_and_partials(graph, [wrt])
    output = jax.eval_shape(partial(evaluate, graph), known)
    rows = jax.vmap(lambda seed: of(known, seed)[1][wrt])(units(output.shape, output.dtype))
    return rows.reshape(*output.shape, *rows.shape[1:])


def jacobian_by_columns(graph: Graph, inputs: Mapping[str, Any], wrt: str) -> Array:
    """Return d output / d input, shape [*output, *input], by forward sweeps.

    Args:
        graph: The graph.
        inputs: A number or an array for each input.
        wrt: Name of the input.

    Raises:
        ValueError: If it is no input: only inputs can be moved.
    """
    known = as_arrays(graph, inputs)
    if wrt not in graph.inputs:
        raise ValueError(
            f"{graph.name}: {unknown('input', wrt, graph.inputs)}; forward sweeps begin at inputs, "
            "for a node inside take jacobian_by_rows"
        )
    of = value_and_tangent(graph)
    at = known[wrt]
    columns = jax.vmap(lambda tangent: of(known, {wrt: tangent})[1])(units(at.shape, at.dtype))
    return jnp.moveaxis(columns, 0, -1).reshape(*columns.shape[1:], *at.shape)


def units(shape: tuple[int, ...], dtype: Any) -> Array:
    """Return every array of this shape with a single 1 in it, stacked along the first axis."""
    size = math.prod(shape)
    return jnp.eye(size, dtype=dtype).reshape(size, *shape)
