"""Ask numeric differentiation where a rule and autodiff of its plain body differ.

Autodiff need not be right: the body may stop gradients, carry further rules, or iterate, and the
derivative of a hundred iterations is not that of their limit. Differences of the body's own values
know nothing of that.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np

from compare.auditing.design import is_float
from compare.program.rules import FAILURES, RuleCall

Side: TypeAlias = Literal["rule", "autodiff", "neither", "unknown"]

#: Steps of the differences, relative to the inputs' size.
STEPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
#: Two slopes are the same within this, relative, and this many times the differences' own error.
SAME, CLEAR = 1e-6, 30.0
#: Differences with a larger error than this, relative, say nothing; above the smaller one they
#: confirm a slope, but refute none.
VAGUE, SHARP = 1e-2, 1e-4


@dataclass(frozen=True)
class Slope:
    """A slope along one direction.

    Attributes:
        rule: By the rule.
        autodiff: By autodiff of the plain body.
        numbers: By differences of the plain body's values.
        error: How far the differences may be off.
    """

    rule: float
    autodiff: float
    numbers: float
    error: float

    def same(self, other: float) -> bool:
        """Whether the differences could come to this slope."""
        size = max(abs(self.numbers), abs(other))
        return abs(self.numbers - other) <= max(CLEAR * self.error, SAME * size)

    @property
    def clear(self) -> bool:
        """Whether the differences say anything; of a slope of 0, in view of the others."""
        return bool(np.isfinite(self.numbers)) and self.error <= VAGUE * self.size

    @property
    def sharp(self) -> bool:
        """Whether they say enough to refute the others."""
        return self.clear and self.error <= SHARP * self.size

    @property
    def size(self) -> float:
        """The largest of the three slopes."""
        return max(abs(self.numbers), abs(self.rule), abs(self.autodiff))


def side_taken(call: RuleCall, plain: Callable[..., Any], seed: int = 0) -> Side:
    """Return whose derivative numeric differentiation finds at the values that a rule met.

    Args:
        call: The rule.
        plain: The function, differentiable by autodiff.
        seed: Of the directions.
    """
    try:
        slopes = _slopes(call, plain, np.random.default_rng(seed))
    except FAILURES:
        return "unknown"
    if not slopes or not all(slope.clear for slope in slopes if slope.rule != slope.autodiff):
        return "unknown"
    told = [slope for slope in slopes if slope.clear]
    if all(slope.same(slope.rule) for slope in told):
        apart = any(not slope.same(slope.autodiff) for slope in told)
        return "rule" if apart else "unknown"
    if all(slope.same(slope.autodiff) for slope in told):
        return "autodiff"
    refuting = [slope for slope in told if not slope.same(slope.rule)]
    return "neither" if all(slope.sharp for slope in refuting) else "unknown"


def _slopes(call: RuleCall, plain: Callable[..., Any], rng: np.random.Generator) -> list[Slope]:
    """Return the slope along one direction in each float operand."""
    floats = [k for k, value in enumerate(call.operands) if is_float(value)]
    leaves = [jnp.asarray(call.operands[k]) for k in floats]

    def of(function: Callable[..., Any]) -> Callable[..., list[Any]]:
        def outputs(*some: Any) -> list[Any]:
            merged = list(call.operands)
            for k, leaf in zip(floats, some, strict=True):
                merged[k] = leaf
            return [out for out in function(*merged) if is_float(out)]

        return outputs

    values, pull = jax.vjp(of(call.with_rule), *leaves)
    _, pull_plain = jax.vjp(of(plain), *leaves)
    sent = [jnp.asarray(rng.standard_normal(out.shape), out.dtype) for out in values]
    by_rule, by_autodiff = pull(sent), pull_plain(sent)
    evaluated = jax.jit(of(call.plain))
    found = []
    for k, leaf in enumerate(leaves):
        size = float(jnp.max(jnp.abs(leaf), initial=0.0)) or 1.0
        along = jnp.asarray(size * rng.uniform(0.5, 1.5, leaf.shape), leaf.dtype)

        def at(step: float, k: int = k, along: Any = along) -> float:
            moved = [x + step * along if j == k else x for j, x in enumerate(leaves)]
            pairs = zip(sent, evaluated(*moved), strict=True)
            return sum(float(jnp.vdot(g, out)) for g, out in pairs)

        numbers, error = _difference(at)
        said = [float(jnp.vdot(given[k], along)) for given in (by_rule, by_autodiff)]
        found.append(Slope(said[0], said[1], numbers, error))
    return found


def _difference(at: Callable[[float], float]) -> tuple[float, float]:
    """Return the slope at 0, and how far it may be off: the steps between them tell."""
    slopes: Sequence[float] = [_richardson(at, step) for step in STEPS]
    errors = [
        abs(one - other) if np.isfinite([one, other]).all() else np.inf
        for one, other in itertools.pairwise(slopes)
    ]
    best = int(np.argmin(errors))
    return slopes[best + 1], errors[best]


def _richardson(at: Callable[[float], float], step: float) -> float:
    """Return the central difference without its second-order error."""
    wide = (at(step) - at(-step)) / (2 * step)
    narrow = (at(step / 2) - at(-step / 2)) / step
    return (4 * narrow - wide) / 3
