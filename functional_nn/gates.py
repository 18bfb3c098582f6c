"""Gates: what a node of a graph may compute, by name.

    gate        value of its inputs a, b
    add         a + b
    sub         a - b
    mul         a b                  element by element
    div         a / b
    neg         -a
    abs         |a|
    copy        a
    max         a where a >= b, else b
    exp         e^a
    log         ln a
    sin         sin a
    cos         cos a
    power       a^n                  n: exponent, a fixed number
    pow         a^b                  a > 0
    matmul      a b                  vectors, matrices, or stacks of them
    sum         Σ a                  over axis; over everything if none is given
    mean        Σ a / n              over axis; over everything if none is given
    broadcast   a, copied to shape
    identity, step, sigmoid, ...     g(a), one gate an activation
    half_squared_error, ...          ℓ(a, b) of each row, one gate a loss; a: outputs, b: targets

Two inputs of different shape are broadcast as NumPy does. ``max`` is a router: at a tie the first
input passes, so that ``max(0, z)`` is relu, slope 0 at 0 included, and ``max(z, 0)`` has slope 1
there. nan stays nan.
``manual_backprop.gates`` has the hand-derived rule of each, under the same key.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, TypeAlias

import jax.numpy as jnp
from jaxtyping import Array, Float

from functional_nn.activations import activations
from functional_nn.losses import losses

Value: TypeAlias = Float[Array, "..."]
Forward: TypeAlias = Callable[..., Any]

REQUIRED = object()  # the default of an option without one
RESERVED = ("input", "constant", "module")  # kinds of node that are no gate


@dataclass(frozen=True)
class Gate:
    """One kind of computation.

    Attributes:
        name: Its key in ``gates``.
        forward: ``forward(*inputs, **options) -> value``: positional arguments are inputs, the
            keyword-only ones are options, fixed when the graph is built.
    """

    name: str
    forward: Forward

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Names of its inputs."""
        wanted = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return tuple(name for name, p in self._parameters.items() if p.kind in wanted)

    @cached_property
    def options(self) -> dict[str, Any]:
        """Its options and what they are when not given; ``REQUIRED`` if they have to be."""
        return {
            name: REQUIRED if p.default is p.empty else p.default
            for name, p in self._parameters.items()
            if p.kind is p.KEYWORD_ONLY
        }

    @property
    def graph(self) -> Any:
        """The graph that it stands for when it is a module with a backward of its own, or None.

        ``functional_nn.graph.function_of`` leaves it on the forward function.
        """
        return getattr(self.forward, "graph", None)

    @cached_property
    def _parameters(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.forward).parameters


def add(a: Value, b: Value) -> Value:
    """Return ``a + b``."""
    a, b = aligned(a, b)
    return a + b


def sub(a: Value, b: Value) -> Value:
    """Return ``a - b``."""
    a, b = aligned(a, b)
    return a - b


def mul(a: Value, b: Value) -> Value:
    """Return ``a b``, element by element."""
    a, b = aligned(a, b)
    return a * b


def div(a: Value, b: Value) -> Value:
    """Return ``a / b``."""
    a, b = aligned(a, b)
    return a / b


def neg(a: Value) -> Value:
    """Return ``-a``."""
    return -a


def copy(a: Value) -> Value:
    """Return ``a``: one wire becomes two."""
    return a


def maximum(a: Value, b: Value) -> Value:
    """Return the larger; the first at a tie."""
    a, b = aligned(a, b)
    return jnp.where(first_passes(a, b), a, b)


def first_passes(a: Value, b: Value) -> Array:
    """Return where ``max(a, b)`` is ``a``; a nan passes."""
    return (a >= b) | jnp.isnan(a)


def matmul(a: Value, b: Value) -> Value:
    """Return the matrix product; a vector is a row on the left and a column on the right."""
    if not a.ndim or not b.ndim:
        raise ValueError("a matrix product takes no scalars; use mul")
    if a.shape[-1] != b.shape[-2:][0]:
        raise ValueError(f"the inner sizes differ: {a.shape[-1]} and {b.shape[-2:][0]}")
    return jnp.matmul(a, b)


def total(a: Value, *, axis: Any = None, keepdims: bool = False) -> Value:
    """Return the sum over ``axis``, a number or several; over everything if None."""
    return jnp.sum(a, axis=axis, keepdims=keepdims)


def mean(a: Value, *, axis: Any = None, keepdims: bool = False) -> Value:
    """Return the mean over ``axis``, a number or several; over everything if None."""
    return jnp.mean(a, axis=axis, keepdims=keepdims)


def broadcast(a: Value, *, shape: Any) -> Value:
    """Return ``a`` copied along new leading axes and along axes of size 1."""
    return jnp.broadcast_to(a, shape)


def power(a: Value, *, exponent: Any) -> Value:
    """Return ``a`` to a fixed power."""
    whole = isinstance(exponent, float) and exponent.is_integer()
    return a ** (int(exponent) if whole else exponent)


def raised(a: Value, b: Value) -> Value:
    """Return ``a^b``, both of them nodes."""
    a, b = aligned(a, b)
    return a**b


def loss_of_rows(name: str, u: Value, t: Value) -> Value:
    """Return the loss of each row; see ``functional_nn.losses``."""
    if u.ndim != 2 or u.shape != t.shape:
        raise ValueError("a loss takes outputs and targets of one shape [batch, n_out]")
    return losses[name](u, t)


def aligned(*values: Array) -> tuple[Array, ...]:
    """Return the values, broadcast to one shape.

    Raises:
        ValueError: If the shapes do not fit.
    """
    shapes = [value.shape for value in values]
    if all(shape == shapes[0] for shape in shapes):
        return values
    try:
        common = jnp.broadcast_shapes(*shapes)
    except ValueError:
        given = " and ".join(str(list(shape)) for shape in shapes)
        raise ValueError(f"shapes {given} do not broadcast to one") from None
    return tuple(jnp.broadcast_to(value, common) for value in values)


_ELEMENTARY: dict[str, Forward] = {
    "add": add,
    "sub": sub,
    "mul": mul,
    "div": div,
    "neg": neg,
    "abs": jnp.abs,
    "copy": copy,
    "max": maximum,
    "exp": jnp.exp,
    "log": jnp.log,
    "sin": jnp.sin,
    "cos": jnp.cos,
    "power": power,
    "pow": raised,
    "matmul": matmul,
    "sum": total,
    "mean": mean,
    "broadcast": broadcast,
}

_FORWARDS: dict[str, Forward] = {
    **_ELEMENTARY,
    **activations,
    **{name: partial(loss_of_rows, name) for name in losses},
}
_table: dict[str, Gate] = {name: Gate(name, forward) for name, forward in _FORWARDS.items()}

#: Every gate by name, those that were registered included.
gates: Mapping[str, Gate] = MappingProxyType(_table)


def add_gate(gate: Gate) -> None:
    """Put a gate into ``gates``; ``manual_backprop.gates.register`` does, with its rule.

    Raises:
        ValueError: If the name is no identifier or is taken, or the function's signature is not
            a gate's.
    """
    if not gate.name.isidentifier():
        raise ValueError(f"{gate.name!r} cannot be the name of a gate; give a word such as 'cube'")
    if gate.name in _table or gate.name in RESERVED:
        raise ValueError(f"there is a gate {gate.name!r} already; choose another name")
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    kinds = [p.kind for p in inspect.signature(gate.forward).parameters.values()]
    if not gate.inputs or any(kind in variadic for kind in kinds):
        raise ValueError(
            f"gate {gate.name!r}: its forward function must name each input as a positional "
            "argument and each option as a keyword-only one, without * or **"
        )
    _table[gate.name] = gate


def remove_gate(name: str) -> None:
    """Take a gate out of ``gates``."""
    del _table[name]
