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

from compare.program.rules import FAILURES, RuleCall
from compare.program.widening import is_float

Side: TypeAlias = Literal["rule", "autodiff", "neither", "unknown"]

#: Steps of the differences, relative to the inputs' size.
STEPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
#: Two slopes are the same within this, relative, and this many times the differences' own error.
SAME, CLEAR = 1e-6, 30.0
#: So is what lies this far below the function's own size.
FLAT = 1e-8
#: Differences with a larger error than this, relative, say nothing; above the smaller one they
#: confirm a slope, but refute none.
VAGUE, SHARP = 1e-2, 1e-4


@dataclass(frozen=True)
class Slope:
    """A slope along one direction in one operand.

    Attributes:
        operand: Its position.
        rule: By the rule.
        autodiff: By autodiff of the plain body; nan where there is none.
        numbers: By differences of the plain body's values.
        error: How far the differences may be off.
        scale: The size of the function there.
    """

    operand: int
    rule: float
    autodiff: float
    numbers: float
    error: float
    scale: float

    def same(self, other: float) -> bool:
        """Whether the differences could come to this slope."""
        size = max(abs(self.numbers), abs(other))
        allowed = max(CLEAR * self.error, SAME * size, FLAT * self.scale)
        return abs(self.numbers - other) <= allowed

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
        """What an error is measured by; autodiff's slope may be anything, and is left out."""
        return max(abs(self.numbers), abs(self.rule), VAGUE * self.scale)


def side_taken(call: RuleCall, plain: Callable[..., Any], seed: int = 0) -> Side:
    """Return whose derivative numeric differentiation finds at the values that a rule met.

    Args:
        call: The rule.
        plain: The function, differentiable by autodiff.
        seed: Of the directions.
    """
    try:
        found = slopes(call, plain, np.random.default_rng(seed))
    except FAILURES:
        return "unknown"
    told = [slope for slope in found if slope.clear]
    if not found or not all(s.clear for s in found if s.rule != s.autodiff):
        return "unknown"
    if all(slope.same(slope.rule) for slope in told):
        apart = any(not slope.same(slope.autodiff) for slope in told)
        return "rule" if apart else "unknown"
    if all(slope.same(slope.autodiff) for slope in told):
        return "autodiff"
    refuting = [slope for slope in told if not slope.same(slope.rule)]
    return "neither" if all(slope.sharp for slope in refuting) else "unknown"


def slopes(
    call: RuleCall,
    plain: Callable[..., Any] | None,
    rng: np.random.Generator,
    directions: int = 1,
) -> list[Slope]:
    """Return the slopes along a few directions in each float operand.

    Args:
        call: The rule.
        plain: The function, differentiable by autodiff; None when there is no such thing.
        rng: For the directions.
        directions: How many for each operand.
    """
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
    sent = [jnp.asarray(rng.standard_normal(out.shape), out.dtype) for out in values]
    gradients = [pull(sent)] + ([jax.vjp(of(plain), *leaves)[1](sent)] if plain else [])
    scale = sum(float(jnp.sum(jnp.abs(g * out))) for g, out in zip(sent, values, strict=True))
    evaluated = jax.jit(of(call.plain))
    found = []
    for k, leaf in enumerate(leaves):
        size = float(jnp.max(jnp.abs(leaf), initial=0.0)) or 1.0
        for _ in range(directions):
            drawn = size * rng.uniform(0.5, 1.5, leaf.shape) * rng.choice([-1, 1], leaf.shape)
            along = jnp.asarray(drawn, leaf.dtype)

            def at(step: float, k: int = k, along: Any = along) -> float:
                moved = [x + step * along if j == k else x for j, x in enumerate(leaves)]
                pairs = zip(sent, evaluated(*moved), strict=True)
                return sum(float(jnp.vdot(g, out)) for g, out in pairs)

            said = [float(jnp.vdot(given[k], along)) for given in gradients]
            rule, autodiff = (*said, float("nan"))[:2]
            found.append(Slope(floats[k], rule, autodiff, *_difference(at), scale))
    return found


def _difference(at: Callable[[float], float]) -> tuple[float, float]:
    """Return the slope at 0, and how far it may be off: the steps between them tell."""
    found: Sequence[float] = [_richardson(at, step) for step in STEPS]
    errors = [
        abs(one - other) if np.isfinite([one, other]).all() else np.inf
        for one, other in itertools.pairwise(found)
    ]
    best = int(np.argmin(errors))
    return found[best + 1], errors[best]


def _richardson(at: Callable[[float], float], step: float) -> float:
    """Return the central difference without its second-order error."""
    wide = (at(step) - at(-step)) / (2 * step)
    narrow = (at(step / 2) - at(-step / 2)) / step
    return (4 * narrow - wide) / 3
