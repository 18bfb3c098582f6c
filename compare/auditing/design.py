"""Recognize rules that are deliberately not the derivative, by how they differ from it."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from compare.program.rules import RuleCall
from compare.program.widening import is_float
from compare.report import Report
from compare.report.words import listed

#: Relative difference below which arrays count as equal.
CLOSE = 1e-9
#: Upstream gradients of these sizes are sent through.
SIZES = (1e-2, 1.0, 1e3)
#: What is said of a rule without a gradient.
NO_GRADIENT = "it sends no gradient back"
#: The note of a node that is wrong at single points only.
AT_A_POINT = "right around this point, wrong at it"


def design_of(call: RuleCall, plain: Callable[..., Any], seed: int = 0) -> str:
    """Return in which deliberate way a rule differs; "" when it differs like a mistake.

    Args:
        call: The rule.
        plain: The function, differentiable by autodiff.
        seed: Of the upstream gradient.
    """
    floats = [k for k, value in enumerate(call.operands) if is_float(value)]
    leaves = [jnp.asarray(call.operands[k]) for k in floats]

    def pulled(function: Callable[..., Any], size: float) -> list[np.ndarray]:
        def of(*some: Any) -> list[Any]:
            merged = list(call.operands)
            for k, leaf in zip(floats, some, strict=True):
                merged[k] = leaf
            return [out for out in function(*merged) if is_float(out)]

        outputs, pull = jax.vjp(of, *leaves)
        rng = np.random.default_rng(seed)
        sent = [jnp.asarray(size * rng.standard_normal(out.shape), out.dtype) for out in outputs]
        upstream.extend(np.asarray(g) for g in sent)
        return [np.asarray(g, np.float64) for g in pull(sent)]

    upstream: list[np.ndarray] = []
    hand, reference = [], []
    for size in SIZES:
        hand.append(pulled(call.with_rule, size))
        reference.append(pulled(plain, size))
    said = [
        _how([h[k] for h in hand], [r[k] for r in reference], upstream) for k in range(len(floats))
    ]
    if any(one is None for one in said):
        return ""
    ways = dict.fromkeys(one for one in said if one)
    if list(ways) == [NO_GRADIENT] and "" in said:  # to some arguments it does
        names = [call.labels[k] for k, one in zip(floats, said, strict=True) if one]
        return f"{NO_GRADIENT} to {listed(names)}"
    return "; ".join(ways)


def at_a_point(call: RuleCall, report: Report) -> str:
    """Return how an identity's rule differs at single points only; "" when it does not."""
    wrong = [node for node in report.nodes if node.verdict == "wrong"]
    if not wrong or not all(AT_A_POINT in node.note for node in wrong):
        return ""
    outputs = [out for out in call.plain(*call.operands) if is_float(out)]
    inputs = [value for value in call.operands if is_float(value)]
    if len(outputs) != len(inputs) or not all(map(np.array_equal, outputs, inputs)):
        return ""
    if any(node.worst is None or node.worst.hand != 0 for node in wrong):
        return ""
    return "the function is the identity; at single points it sends no gradient back"


def _how(
    hand: Sequence[np.ndarray], reference: Sequence[np.ndarray], upstream: Sequence[np.ndarray]
) -> str | None:
    """Return how one argument's gradient differs: "" not at all, None like a mistake."""
    if not all(np.isfinite(value).all() for value in (*hand, *reference)):
        return None
    pairs = list(zip(hand, reference, strict=True))
    if all(_same(h, r) for h, r in pairs):
        return ""
    if not any(h.any() for h in hand):
        return NO_GRADIENT
    if not any(r.any() for r in reference):
        if all(any(_same(h, g) for g in upstream) for h in hand):
            return "the derivative is zero; it passes the upstream gradient straight through"
        return "the derivative is zero; it sends a surrogate's gradient back"
    h, r = pairs[1]
    factor = float(np.vdot(r, h)) / float(np.vdot(r, r)) if r.any() else 0.0
    identity = any(_same(r, g) for g in upstream)
    if identity and all(_same(h, factor * r) for h, r in pairs):
        what = "reverses the gradient" if factor < 0 else "scales the gradient"
        return f"the function is the identity; it {what}: {factor:.4g} times"
    if _same(*pairs[0]) and _is_clipped(*pairs[-1]):
        return f"it clips the gradient at {float(np.abs(pairs[-1][0]).max()):.4g}"
    if _same(*pairs[0]) and _is_shortened(*pairs[-1]):
        return "it shortens the gradient where it is long"
    return "the function is the identity; it changes the gradient" if identity else None


def _is_clipped(hand: np.ndarray, reference: np.ndarray) -> bool:
    bound = float(np.abs(hand).max())
    low, high = float(hand.min()), float(hand.max())
    clipped = np.clip(reference, low, high)
    cut = bool((np.abs(reference) > bound * (1 + CLOSE)).any())
    return cut and _same(hand, clipped)


def _is_shortened(hand: np.ndarray, reference: np.ndarray) -> bool:
    """Whether it is the derivative times a factor below 1."""
    square = float(np.vdot(reference, reference))
    factor = float(np.vdot(reference, hand)) / square if square else 1.0
    return 0 < factor < 1 and _same(hand, factor * reference)


def _same(left: np.ndarray, right: np.ndarray) -> bool:
    if left.shape != right.shape:
        return False
    scale = max(float(np.abs(left).max(initial=0.0)), float(np.abs(right).max(initial=0.0)))
    return float(np.abs(left - right).max(initial=0.0)) <= CLOSE * scale
