"""Local rules of the gates, derived by hand, by name.

Element by element; dv = ∂J/∂v goes to an input as dv ∂v/∂a, a tangent to v as ∂v/∂a ȧ:

    gate      v           ∂v/∂a                     ∂v/∂b            in the gradient's flow
    add       a + b       1                         1                distributor
    sub       a - b       1                         -1
    mul       a b         b                         a                swap multiplier
    div       a / b       1 / b                     -v / b
    neg       -a          -1
    abs       |a|         1 where a >= 0, else -1                    as max(a, -a) has it
    copy      a           1                                          adder: its users' dv add up
    max       a or b      1 where a passes, else 0  the other way    router
    exp       e^a         v
    log       ln a        1 / a
    sin       sin a       cos a
    cos       cos a       -sin a
    power     a^n         n a^(n-1)
    pow       a^b         b a^(b-1)                 v ln a           0 at a = 0
    tanh ...  g(a)        g'(a)                                      manual_backprop.activations

Mixing elements:

    gate       pull                                 push
    matmul     dA = dV Bᵀ,  dB = Aᵀ dV              V̇ = Ȧ B + A Ḃ
    sum        da = dv, copied to the shape of a    v̇ = Σ ȧ
    mean       da = dv / n, copied                  v̇ = Σ ȧ / n
    broadcast  da = Σ dv over the copies            v̇ = ȧ, copied
    losses     du = dv_row ∂ℓ/∂u, dt = dv_row ∂ℓ/∂t ℓ̇ = Σ_o ∂ℓ/∂u u̇ + ∂ℓ/∂t ṫ

    loss                   ∂ℓ/∂u                                 ∂ℓ/∂t
    half_squared_error     all of them:                          t - u
    squared_error          manual_backprop.losses,               2 (t - u)
    binary_cross_entropy   the row's dv being                    -u
    softmax_cross_entropy  its share of the mean                 ln Σ_c e^{u_c} - u
    hinge                                                        0 where t u >= 1, else -u

At a tie ``max`` passes all to its first input, as its value does: one winner, one route. Every
split of the 1 is a slope of a maximum there; JAX's ``jnp.maximum`` has 0.5 and 0.5, and the
proof-reader calls the difference a kink.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp

from functional_nn import gates as forward
from functional_nn.activations import activations
from functional_nn.gates import Gate, add_gate, first_passes, remove_gate
from functional_nn.losses import losses
from manual_backprop.activations import slopes
from manual_backprop.losses import output_deltas
from manual_backprop.products import transposed_product
from manual_backprop.rules import Pull, Push, Rule, Value, local, push_by_pulling, sum_back

#: ∂ℓ/∂t of a row.
target_partials: Mapping[str, Callable[[Value, Value], Value]] = MappingProxyType(
    {
        "half_squared_error": lambda u, t: t - u,
        "squared_error": lambda u, t: 2 * (t - u),
        "binary_cross_entropy": lambda u, t: -u,
        "softmax_cross_entropy": lambda u, t: jax.nn.logsumexp(u, axis=1, keepdims=True) - u,
        "hinge": lambda u, t: jnp.where(t * u >= 1, jnp.zeros_like(u), -u),
    }
)


def _power(v: Value, a: Value, *, exponent: Any) -> Value:
    """Return ``n a^(n-1)``, and 0 for n = 0 whatever a is."""
    below = forward.power(a, exponent=exponent - 1)
    return exponent * below if exponent else jnp.zeros_like(a)


def _log_base(v: Value, a: Value, b: Value) -> Value:
    """Return ``v ln a``; 0^b is 0 for every b > 0, so its partial is 0 there."""
    return v * jnp.log(jnp.where(a == 0, jnp.ones_like(a), a))


def _slope(name: str, v: Value, a: Value) -> Value:
    """Return g' of an activation, from what its formula takes."""
    slope = slopes[name]
    return slope.formula(v if slope.kept == "u" else a)


def _matmul() -> Rule:
    def pull(dv: Value, v: Value, a: Value, b: Value) -> tuple[Value, Value]:
        A = a[None, :] if a.ndim == 1 else a  # a row
        B = b[:, None] if b.ndim == 1 else b  # a column
        dV = dv.reshape(*v.shape[: v.ndim - (a.ndim > 1) - (b.ndim > 1)], A.shape[-2], B.shape[-1])
        dA = jnp.matmul(dV, jnp.swapaxes(B, -1, -2))
        plain = A.ndim == dV.ndim == 2
        dB = transposed_product(A, dV) if plain else jnp.matmul(jnp.swapaxes(A, -1, -2), dV)
        return sum_back(dA, A.shape).reshape(a.shape), sum_back(dB, B.shape).reshape(b.shape)

    def push(tangents: Sequence[Value], v: Value, a: Value, b: Value) -> Value:
        da, db = tangents
        return jnp.matmul(da, b) + jnp.matmul(a, db)

    return Rule(pull, push)


def _sum() -> Rule:
    def pull(dv: Value, v: Value, a: Value, *, axis: Any = None, keepdims: bool = False) -> Value:
        return _copied_back(dv, a, axis, keepdims)

    def push(tangents: Sequence[Value], v: Value, a: Value, **options: Any) -> Value:
        return forward.total(*tangents, **options)

    return Rule(pull, push)


def _mean() -> Rule:
    def pull(dv: Value, v: Value, a: Value, *, axis: Any = None, keepdims: bool = False) -> Value:
        n = a.size // v.size
        return _copied_back(dv / n, a, axis, keepdims)

    def push(tangents: Sequence[Value], v: Value, a: Value, **options: Any) -> Value:
        return forward.mean(*tangents, **options)

    return Rule(pull, push)


def _copied_back(dv: Value, a: Value, axis: Any, keepdims: bool) -> Value:
    """Return ``dv`` copied along the axes that were summed over."""
    if axis is not None and not keepdims:
        dv = jnp.expand_dims(dv, axis)
    return jnp.broadcast_to(dv, a.shape)


def _broadcast() -> Rule:
    def pull(dv: Value, v: Value, a: Value, *, shape: Any) -> Value:
        return sum_back(dv, a.shape)

    def push(tangents: Sequence[Value], v: Value, a: Value, *, shape: Any) -> Value:
        return forward.broadcast(*tangents, shape=shape)

    return Rule(pull, push)


def _loss(name: str) -> Rule:
    du_of, dt_of = output_deltas[name], target_partials[name]

    def pull(dv: Value, v: Value, u: Value, t: Value) -> tuple[Value, Value]:
        return du_of(u, t, dv), dv[:, None] * dt_of(u, t)

    def push(tangents: Sequence[Value], v: Value, u: Value, t: Value) -> Value:
        u_dot, t_dot = tangents
        return jnp.sum(du_of(u, t, jnp.ones_like(v)) * u_dot + dt_of(u, t) * t_dot, axis=1)

    return Rule(pull, push)


_table: dict[str, Rule] = {
    #              ∂v/∂a                         ∂v/∂b
    "add": local(lambda v, a, b: 1, lambda v, a, b: 1),
    "sub": local(lambda v, a, b: 1, lambda v, a, b: -1),
    "mul": local(lambda v, a, b: b, lambda v, a, b: a),
    "div": local(lambda v, a, b: 1 / b, lambda v, a, b: -v / b),
    "neg": local(lambda v, a: -1),
    "abs": local(lambda v, a: jnp.where(a >= 0, jnp.ones_like(a), -jnp.ones_like(a))),
    "copy": local(lambda v, a: 1),
    "max": local(
        lambda v, a, b: first_passes(a, b).astype(v.dtype),
        lambda v, a, b: (~first_passes(a, b)).astype(v.dtype),
    ),
    "exp": local(lambda v, a: v),
    "log": local(lambda v, a: 1 / a),
    "sin": local(lambda v, a: jnp.cos(a)),
    "cos": local(lambda v, a: -jnp.sin(a)),
    "power": local(_power),
    "pow": local(lambda v, a, b: b * a ** (b - 1), _log_base),
    "matmul": _matmul(),
    "sum": _sum(),
    "mean": _mean(),
    "broadcast": _broadcast(),
    **{name: local(partial(_slope, name)) for name in activations},
    **{name: _loss(name) for name in losses},
}

#: The rule of every gate, those that were registered included.
rules: Mapping[str, Rule] = MappingProxyType(_table)


def register(
    name: str,
    forward: Callable[..., Any],
    backward: Pull,
    *,
    check: Callable[[Gate, Rule], object],
    tangent: Push | None = None,
) -> Gate:
    """Add a gate of one's own, with its hand-written rule, once the rule is proof-read.

    ``compare.gates.register`` is this function with the proof-reader as ``check``.

    Args:
        name: What graphs call it.
        forward: ``forward(*inputs, **options) -> v``; options are keyword-only arguments.
        backward: ``backward(dv, v, *inputs, **options)``: one contribution an input.
        check: Called with the gate and its rule; raises when the rule is wrong.
        tangent: ``tangent(tangents, v, *inputs, **options) -> v̇`` for forward sweeps; if None,
            it is made of pulls, one an element of v.

    Raises:
        ValueError: If the name is taken, or ``forward`` is no gate's function.
    """
    gate = Gate(name, forward)
    rule = Rule(backward, tangent or push_by_pulling(backward))
    add_gate(gate)
    try:
        check(gate, rule)
    except BaseException:
        remove_gate(name)
        raise
    _table[name] = rule
    return gate


def unregister(name: str) -> None:
    """Take a registered gate and its rule out again."""
    del _table[name]
    remove_gate(name)
