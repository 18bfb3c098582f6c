"""What a local rule is, and how one is made from the local partials of a gate.

With v the gate's value, dv = ∂J/∂v what comes back to it, and ȧ the tangent of an input a:

    pull    da = Σ_copies dv ∂v/∂a     reverse mode: what the gate adds to the partial of a
    push    v̇  = Σ_inputs ∂v/∂a ȧ      forward mode: the tangent of its value

An input that was broadcast was copied, so every copy pays back: that is the sum over copies.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Value: TypeAlias = Float[Array, "..."]
#: ``pull(dv, v, *inputs, **options)`` -> one contribution an input; None where there is none.
Pull: TypeAlias = Callable[..., Any]
#: ``push(tangents, v, *inputs, **options)`` -> the tangent of v.
Push: TypeAlias = Callable[..., Any]
#: ``partial(v, *inputs, **options)`` -> ∂v/∂a, element by element.
Partial: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    """How a gate passes derivatives on.

    Attributes:
        pull: Backwards, from the partial of its value to contributions to its inputs'.
        push: Forwards, from its inputs' tangents to that of its value.
    """

    pull: Pull
    push: Push


def local(*partials: Partial) -> Rule:
    """Return the rule of an elementwise gate from its local partials, one an input."""

    def pull(dv: Value, v: Value, *inputs: Value, **options: Any) -> tuple[Value, ...]:
        same = [jnp.broadcast_to(a, v.shape) for a in inputs]
        return tuple(
            sum_back(dv * partial(v, *same, **options), a.shape)
            for partial, a in zip(partials, inputs, strict=True)
        )

    def push(tangents: Sequence[Value], v: Value, *inputs: Value, **options: Any) -> Value:
        same = [jnp.broadcast_to(a, v.shape) for a in inputs]
        first, *others = [
            partial(v, *same, **options) * jnp.broadcast_to(tangent, v.shape)
            for partial, tangent in zip(partials, tangents, strict=True)
        ]
        return sum(others, start=first)

    return Rule(pull, push)


def sum_back(d: Value, shape: tuple[int, ...]) -> Value:
    """Return ``d`` summed over the copies that broadcasting made of an array of ``shape``."""
    if d.shape == shape:
        return d
    new = d.ndim - len(shape)
    stretched = tuple(new + k for k, size in enumerate(shape) if size == 1 != d.shape[new + k])
    return jnp.sum(d, axis=(*range(new), *stretched)).reshape(shape)


def pulled(rule: Rule, dv: Value, v: Value, inputs: Sequence[Value], **options: Any) -> list[Any]:
    """Return the contributions of a rule as a list, None where there is none.

    Raises:
        ValueError: If they are not one an input, each of the input's shape.
    """
    returned = rule.pull(dv, v, *inputs, **options)
    found = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    if len(found) != len(inputs):
        raise ValueError(f"contributions: {len(found)}, inputs: {len(inputs)}; return one an input")
    for number, (given, a) in enumerate(zip(found, inputs, strict=True), start=1):
        if given is not None and jnp.shape(given) != a.shape:
            raise ValueError(
                f"the contribution to input {number} has shape {list(jnp.shape(given))}, the "
                f"input {list(a.shape)}; what was broadcast forwards is summed backwards"
            )
    return found


def push_by_pulling(pull: Pull) -> Push:
    """Return a push made of pulls, one an element of the value: v̇_i = Σ_k (∂v_i/∂a_k) ȧ_k.

    Right, and as costly as it sounds; a gate used in long forward sweeps has a push of its own.
    """

    def push(tangents: Sequence[Value], v: Value, *inputs: Value, **options: Any) -> Value:
        rule = Rule(pull, push)
        basis = jnp.eye(v.size, dtype=v.dtype).reshape(v.size, *v.shape)
        rows = jax.vmap(lambda dv: pulled(rule, dv, v, inputs, **options))(basis)
        terms = [
            row.reshape(v.size, -1) @ tangent.reshape(-1)
            for row, tangent in zip(rows, tangents, strict=True)
            if row is not None
        ]
        return sum(terms, start=jnp.zeros(v.size, v.dtype)).reshape(v.shape)

    return push
