"""Mistakes in dJ/du_L, the loss's own derivative (BP1); the first wrong node is the last delta."""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from compare.mistakes.derivation import Run, output_delta
from compare.mistakes.mistake import planted
from compare.mistakes.place import CROSS_ENTROPIES, loss, several_rows, several_units, weighted
from functional_nn import activations
from manual_backprop import output_deltas

_DIFFERENCES = ("half_squared_error", *CROSS_ENTROPIES)


def _prediction(run: Run) -> Array:
    """What the target is subtracted from: values, or probabilities."""
    match run.mlp.loss_name:
        case "softmax_cross_entropy":
            return jax.nn.softmax(run.outputs, axis=1) * run.t.sum(axis=1, keepdims=True)
        case "binary_cross_entropy":
            return activations["sigmoid"](run.outputs)
        case _:
            return run.outputs


def _with_targets(run: Run, t: Array) -> Array:
    return output_deltas[run.mlp.loss_name](run.outputs, t, run.shares)


@planted("output_delta", "wrong-constant-factor", several_rows)
def missing_batch_mean(run: Run) -> Array:
    """The loss is a mean over rows, but no row is divided by their number."""
    return output_delta(run) * run.batch


@planted("output_delta", "wrong-constant-factor", several_units)
def mean_over_outputs_too(run: Run) -> Array:
    """The loss is a sum over outputs, but its derivative is divided by their number."""
    return output_delta(run) / run.t.shape[1]


@planted("output_delta", "wrong-constant-factor")
def factor_two(run: Run) -> Array:
    """Everything is twice as large: the derivative of the square without the half, or the like."""
    return 2 * output_delta(run)


@planted("output_delta", "wrong-constant-factor")
def one_percent_too_much(run: Run) -> Array:
    """Everything is 1.01 times too large."""
    return 1.01 * output_delta(run)


@planted("output_delta", "wrong-constant-factor")
def one_millionth_too_much(run: Run) -> Array:
    """Everything is (1 + 1e-6) times too large, which float32 rounding would hide."""
    return (1 + 1e-6) * output_delta(run)


@planted("output_delta", "wrong-sign")
def target_minus_output(run: Run) -> Array:
    """The difference is taken the other way round, so every gradient points uphill."""
    return -output_delta(run)


@planted("output_delta", "wrong-sign", loss(*_DIFFERENCES))
def output_plus_target(run: Run) -> Array:
    """The target is added instead of subtracted: the sign of one term."""
    return run.mean(_prediction(run) + run.t)


@planted("output_delta", "index-axis", several_units)
def label_off_by_one(run: Run) -> Array:
    """Class c is taken for class c + 1, as when labels count from one."""
    return _with_targets(run, jnp.roll(run.t, 1, axis=1))


@planted("output_delta", "index-axis", several_rows)
def target_of_another_row(run: Run) -> Array:
    """Each row is compared with the target of the row before, as when only one was shuffled."""
    return _with_targets(run, jnp.roll(run.t, 1, axis=0))


@planted("output_delta", "missing-term", several_rows, loss(*_DIFFERENCES, "squared_error"))
def last_row_forgotten(run: Run) -> Array:
    """The loop over rows stops one row early."""
    return output_delta(run).at[-1].set(0)


@planted("output_delta", "missing-term", several_units, loss("softmax_cross_entropy"))
def softmax_as_diagonal(run: Run) -> Array:
    """Softmax's Jacobian is taken for diagonal, as if each probability hung on its own logit."""
    p = jax.nn.softmax(run.outputs, axis=1)
    return run.mean((-run.t / p) * (p * (1 - p)))


@planted("output_delta", "wrong-saved-value", loss(*CROSS_ENTROPIES))
def logits_for_probabilities(run: Run) -> Array:
    """The target is subtracted from the logits, not from the probabilities."""
    return run.mean(run.outputs - run.t)


@planted("output_delta", "wrong-activation-derivative", loss(*CROSS_ENTROPIES))
def output_slope_twice(run: Run) -> Array:
    """The slope p (1 - p) is multiplied in, though the cross-entropy has cancelled it already."""
    p = _prediction(run)
    return output_delta(run) * p * (1 - p)


@planted("output_delta", "mask-ignored", weighted)
def row_weights_ignored(run: Run) -> Array:
    """Every row counts alike, though the loss has row weights."""
    return output_deltas[run.mlp.loss_name](run.outputs, run.t, None)


@planted("output_delta", "wrong-branch", loss("hinge"))
def hinge_on_the_wrong_side(run: Run) -> Array:
    """The gradient flows where the margin is kept and stops where it is short."""
    kept = run.t * run.outputs >= 1
    return run.mean(jnp.where(kept, -run.t, jnp.zeros_like(run.t)))
