"""One rule of a gate, compared with autodiff of its forward function at one place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.agreement import check_rule
from compare.gates.contract import check_contract, check_tangent_call
from compare.gates.examples import as_inputs
from compare.report import Report
from functional_nn.gates import Gate, gates
from functional_nn.names import lookup
from manual_backprop import gates as hand
from manual_backprop.rules import Rule, pulled, push_by_pulling


def check_gate(name: str, *inputs: Any, seed: int = 0, **options: Any) -> Report:
    """Compare the rule of a gate with autodiff of its forward function.

    Args:
        name: A key of ``functional_nn.gates.gates``.
        *inputs: Where to compare; other places are searched from here as well.
        seed: Of the cotangent and the check's other draws.
        **options: The gate's options.
    """
    gate = lookup("gate", name, gates)
    return report_of(gate, hand.rules[name], as_inputs(gate, inputs), options, seed)


def report_of(
    gate: Gate, rule: Rule, inputs: Sequence[jax.Array], options: Mapping[str, Any], seed: int
) -> Report:
    """Hand the rule over as the pair that one would give to ``defvjp``."""
    check_contract(gate, rule, inputs, options)
    forward = partial(gate.forward, **options)

    def fwd(*at: jax.Array) -> tuple[Any, Any]:
        v = forward(*at)
        return v, (v, at)

    def bwd(kept: Any, dv: jax.Array) -> tuple[Any, ...]:
        v, at = kept
        return tuple(pulled(rule, dv, v, at, **options))

    return replace(check_rule(forward, fwd, bwd, *inputs, seed=seed), name=gate.name)


def check_transposed(
    gate: Gate, rule: Rule, inputs: Sequence[jax.Array], options: Mapping[str, Any], seed: int
) -> None:
    """Refuse a push that is not the transpose of the pull: c · push(ȧ) = pull(c) · ȧ for all c, ȧ.

    Every element of the value and of the inputs has its own unit, so nothing hides in a sum.
    """
    check_tangent_call(gate, rule, inputs, options)
    with jax.enable_x64(True):
        at = [jnp.asarray(np.asarray(value, np.float64)) for value in inputs]
        v = jnp.asarray(gate.forward(*at, **options))
        own = push_by_pulling(rule.pull)
        rng = np.random.default_rng(seed)
        for name, a in zip(gate.inputs, at, strict=True):
            tangents = [jnp.zeros_like(each) for each in at]
            tangents[gate.inputs.index(name)] = jnp.asarray(rng.standard_normal(a.shape))
            given = np.asarray(rule.push(tangents, v, *at, **options))
            wanted = np.asarray(own(tangents, v, *at, **options))
            scale = np.max(np.abs(wanted), initial=1e-300)
            if given.shape != wanted.shape or not np.max(np.abs(given - wanted)) <= 1e-10 * scale:
                raise ValueError(
                    f"the tangent rule of {gate.name!r} does not fit its backward rule: along "
                    f"input {name!r} it gives {given.tolist()}, the backward rule {wanted.tolist()}"
                )
