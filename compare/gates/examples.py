"""Inputs to proof-read a rule at: of the built-in gates, and drawn for a gate of one's own."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from functional_nn import activations, losses
from functional_nn.gates import Gate, gates

#: Inputs of one call of a gate.
Example = Sequence[Any]
#: Shapes of the drawn inputs: every number of axes that rules are written for, no two sizes equal.
SHAPES: tuple[tuple[int, ...], ...] = ((), (5,), (4, 3), (2, 4, 3))


def examples_of(name: str, seed: int = 0) -> tuple[list[jax.Array], dict[str, Any]]:
    """Return generic inputs and options of a built-in gate: no two sizes equal, some broadcast."""
    normal = partial(_normal, np.random.default_rng(seed))
    if name in losses:
        u, t = normal(5, 3), normal(5, 3)
        return [u, jnp.where(t > 0, 1.0, -1.0) if name == "hinge" else jnp.abs(t)], {}
    if name in activations:
        return [2 * normal(4, 3)], {}
    known: dict[str, tuple[list[jax.Array], dict[str, Any]]] = {
        "div": ([normal(4, 3), 1.5 + jnp.abs(normal(3))], {}),
        "matmul": ([normal(4, 3), normal(3, 2)], {}),
        "sum": ([normal(4, 3, 2)], {"axis": (0, -1)}),
        "mean": ([normal(4, 3, 2)], {"axis": 1, "keepdims": True}),
        "broadcast": ([normal(3, 1)], {"shape": (4, 3, 2)}),
        "log": ([0.5 + jnp.abs(normal(4, 3))], {}),
        "power": ([normal(4, 3)], {"exponent": 3}),
        "pow": ([0.5 + jnp.abs(normal(4, 3)), normal(3)], {}),
    }
    two = len(gates[name].inputs) == 2
    return known.get(name, ([normal(4, 3), normal(3)] if two else [normal(4, 3)], {}))


def drawn(
    count: int, shapes: Sequence[tuple[int, ...]] = SHAPES, seed: int = 0
) -> Iterator[list[list[jax.Array]]]:
    """Yield for each shape ``count`` inputs of it: of both signs, positive, between 0 and 1.

    A logarithm takes the second, an arc sine the third: the first that a gate has a finite value
    at is the one to proof-read at.
    """
    rng = np.random.default_rng(seed)
    for shape in shapes:
        both = [_normal(rng, *shape) for _ in range(count)]
        yield [both, [0.5 + jnp.abs(a) for a in both], [0.5 + 0.4 * jnp.sin(a) for a in both]]


def as_examples(gate: Gate, examples: Any) -> list[list[jax.Array]]:
    """Return a caller's examples as arrays.

    Raises:
        TypeError: If they are no list of tuples of numbers and arrays.
        ValueError: If one has not one value for each input.
    """
    if not isinstance(examples, (tuple, list)) or not examples:
        raise TypeError(
            f"gate {gate.name!r}: examples are {examples!r}; give a list of tuples, each with one "
            f"array an input: [({', '.join(gate.inputs)}), ...]"
        )
    return [as_inputs(gate, example) for example in examples]


def as_inputs(gate: Gate, example: Any) -> list[jax.Array]:
    """Return the inputs of one call as arrays.

    Raises:
        TypeError: If they are no sequence of numbers and arrays.
        ValueError: If they are not one for each input.
    """
    names = ", ".join(gate.inputs)
    if not isinstance(example, (tuple, list)):
        raise TypeError(
            f"gate {gate.name!r}: an example is {type(example).__name__}; give a tuple with one "
            f"array an input: ({names})"
        )
    if len(example) != len(gate.inputs):
        raise ValueError(
            f"gate {gate.name!r} takes {len(gate.inputs)} inputs ({names}), got {len(example)}"
        )
    try:
        return [jnp.asarray(value, jnp.result_type(float)) for value in example]
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"gate {gate.name!r}: an example holds what is no array of real numbers: {error}"
        ) from error


def _normal(rng: np.random.Generator, *shape: int) -> jax.Array:
    return jnp.asarray(rng.standard_normal(shape), jnp.result_type(float))
