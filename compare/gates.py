"""Proof-read the local rules of gates: the built-in ones, and one's own when they are registered.

register("swish2", forward, backward)      # refused, with the report, when backward is wrong
check_gate("tanh", jnp.array([0.3, -2.0])) # the report of a known one
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement import check_rule
from compare.report import Report
from functional_nn import activations, losses
from functional_nn.gates import Gate, gates
from functional_nn.names import lookup
from manual_backprop import gates as hand
from manual_backprop.rules import Push, Rule, pulled, push_by_pulling

#: Inputs of one call of a gate.
Example = Sequence[Any]


def register(
    name: str,
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *,
    tangent: Push | None = None,
    examples: Sequence[Example] | None = None,
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> Gate:
    """Add a gate with a hand-written rule, once the rule is proof-read.

    Args:
        name: What graphs call it.
        forward: ``forward(*inputs, **options) -> v``; options are keyword-only arguments.
        backward: ``backward(dv, v, *inputs, **options)``: with dv = ∂J/∂v, one contribution an
            input, of its shape; None for an input that has none.
        tangent: ``tangent(tangents, v, *inputs, **options) -> v̇`` for forward sweeps; if None,
            it is made of pulls, one an element of v.
        examples: Inputs to proof-read at; if None, scalars and matrices are drawn.
        options: The options to proof-read with.
        seed: Of the draws.

    Raises:
        GradientMismatch: If backward is wrong; the message is the report.
        ValueError: If the name is taken, the tangent rule is not backward's transpose, or the
            gate cannot be computed at the examples.
    """

    def check(gate: Gate, rule: Rule) -> None:
        for inputs in examples or drawn(len(gate.inputs), seed):
            _report(gate, rule, inputs, options or {}, seed).raise_if_wrong()
            if tangent is not None:
                _check_transposed(gate, rule, inputs, options or {}, seed)

    return hand.register(name, forward, backward, check=check, tangent=tangent)


def check_gate(name: str, *inputs: Any, seed: int = 0, **options: Any) -> Report:
    """Compare the rule of a gate with autodiff of its forward function.

    Args:
        name: A key of ``functional_nn.gates.gates``.
        *inputs: Where to compare.
        seed: Of the cotangent and the check's other draws.
        **options: The gate's options.
    """
    return _report(lookup("gate", name, gates), hand.rules[name], inputs, options, seed)


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


def drawn(count: int, seed: int = 0) -> list[list[jax.Array]]:
    """Return two examples of ``count`` inputs: scalars, and matrices of one shape."""
    rng = np.random.default_rng(seed)
    return [[_normal(rng, *shape) for _ in range(count)] for shape in ((), (4, 3))]


def _report(
    gate: Gate, rule: Rule, inputs: Sequence[Any], options: Mapping[str, Any], seed: int
) -> Report:
    """Hand the rule over as the pair that one would give to ``defvjp``."""
    arrays = [jnp.asarray(value, jnp.result_type(float)) for value in inputs]
    forward = partial(gate.forward, **options)
    try:
        jax.eval_shape(forward, *arrays)
    except (TypeError, ValueError) as error:
        shapes = ", ".join(str(list(value.shape)) for value in arrays)
        raise ValueError(
            f"gate {gate.name!r} cannot be computed at inputs of shape {shapes}; give examples= "
            f"and options= that suit it: {error}"
        ) from error

    def fwd(*at: jax.Array) -> tuple[Any, Any]:
        v = forward(*at)
        return v, (v, at)

    def bwd(kept: Any, dv: jax.Array) -> tuple[Any, ...]:
        v, at = kept
        return tuple(pulled(rule, dv, v, at, **options))

    return replace(check_rule(forward, fwd, bwd, *arrays, seed=seed), name=gate.name)


def _check_transposed(
    gate: Gate, rule: Rule, inputs: Sequence[Any], options: Mapping[str, Any], seed: int
) -> None:
    """Refuse a push that is not the transpose of the pull: c · push(ȧ) = pull(c) · ȧ for all c, ȧ.

    Every element of the value and of the inputs has its own unit, so nothing hides in a sum.
    """
    with jax.enable_x64(True):
        at = [jnp.asarray(np.asarray(value, np.float64)) for value in inputs]
        v = jnp.asarray(gate.forward(*at, **options))
        own = push_by_pulling(rule.pull)
        rng = np.random.default_rng(seed)
        for number, a in enumerate(at):
            tangents = [jnp.zeros_like(each) for each in at]
            tangents[number] = _normal(rng, *a.shape)
            given = np.asarray(rule.push(tangents, v, *at, **options))
            wanted = np.asarray(own(tangents, v, *at, **options))
            scale = np.max(np.abs(wanted), initial=1e-300)
            if given.shape != wanted.shape or not np.max(np.abs(given - wanted)) <= 1e-10 * scale:
                raise ValueError(
                    f"the tangent rule of {gate.name!r} does not fit its backward rule: along "
                    f"input {number + 1} it gives {given.tolist()}, the backward rule "
                    f"{wanted.tolist()}"
                )


def _normal(rng: np.random.Generator, *shape: int) -> jax.Array:
    return jnp.asarray(rng.standard_normal(shape), jnp.result_type(float))
