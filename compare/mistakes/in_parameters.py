"""Mistakes in dJ/dW (BP4), its penalty (BP5) and dJ/db (BP3); one gradient leaf is wrong."""

import jax.numpy as jnp
from jaxtyping import Array

from compare.mistakes.derivation import At, Rows, bias_gradient, penalty, weight_gradient
from compare.mistakes.mistake import planted
from compare.mistakes.place import (
    as_wide_as_its_input,
    penalized,
    several_rows,
    several_units,
    sloped_below,
    square_delta,
    square_weight,
)

# --- dJ/dW = uᵀ δ ----------------------------------------------------------------------------


@planted("weight_gradient", "wrong-saved-value", as_wide_as_its_input)
def activation_of_another_layer(at: At, delta: Rows) -> Array:
    """The layer's output is used where its input belongs."""
    return at.u.T @ delta


@planted("weight_gradient", "wrong-saved-value", sloped_below)
def pre_activation_for_activation(at: At, delta: Rows) -> Array:
    """The input is taken before its activation function."""
    return at.run.z[at.number - 1].T @ delta


@planted("weight_gradient", "missing-transpose", square_weight)
def gradient_transposed(at: At, delta: Rows) -> Array:
    """The product is written δᵀ u, the transpose of the gradient."""
    return delta.T @ at.inputs


@planted("weight_gradient", "wrong-reduction", several_rows)
def sum_for_mean(at: At, delta: Rows) -> Array:
    """One weight's gradient is the sum over rows, while the loss is their mean."""
    return weight_gradient(at, delta) * delta.shape[0]


@planted("weight_gradient", "wrong-constant-factor", several_rows)
def weight_mean_twice(at: At, delta: Rows) -> Array:
    """The rows are averaged once more, though 1/batch is in the delta already."""
    return weight_gradient(at, delta) / delta.shape[0]


@planted("weight_gradient", "zero-gradient")
def weight_never_accumulated(at: At, delta: Rows) -> Array:
    """The gradient of the weight stays at its initial zeros."""
    return jnp.zeros_like(at.W)


@planted("weight_gradient", "zero-gradient")
def one_row_zeroed(at: At, delta: Rows) -> Array:
    """The weights out of one input, the strongest, get no gradient."""
    dW = weight_gradient(at, delta)
    return dW.at[jnp.argmax(jnp.abs(dW).sum(axis=1))].set(0)


@planted("weight_gradient", "wrong-sign")
def one_weight_flipped(at: At, delta: Rows) -> Array:
    """A single weight, that of the steepest gradient, has the wrong sign."""
    dW = weight_gradient(at, delta)
    row, column = jnp.unravel_index(jnp.argmax(jnp.abs(dW)), dW.shape)
    return dW.at[row, column].multiply(-1)


# --- the penalty, l2 W -----------------------------------------------------------------------


@planted("penalty", "missing-term")
def penalty_forgotten(at: At) -> Array:
    """The penalty is in the loss but not in the gradient."""
    return jnp.zeros_like(at.W)


@planted("penalty", "wrong-constant-factor")
def penalty_doubled(at: At) -> Array:
    """The penalty's half is forgotten: 2 l2 W."""
    return 2 * penalty(at)


@planted("penalty", "wrong-constant-factor", several_rows)
def penalty_averaged(at: At) -> Array:
    """The penalty is divided by the number of rows, as if it stood in the mean."""
    return penalty(at) / at.du.shape[0]


@planted("penalty", "wrong-sign")
def penalty_sign(at: At) -> Array:
    """The penalty drives the weights up."""
    return -penalty(at)


# --- dJ/db = Σ_batch δ -----------------------------------------------------------------------


@planted("bias_gradient", "wrong-reduction", several_rows)
def bias_mean_for_sum(at: At, delta: Rows) -> Array:
    """The bias averages over rows, though 1/batch is in the delta already."""
    return delta.mean(axis=0)


@planted("bias_gradient", "index-axis", square_delta)
def bias_over_the_wrong_axis(at: At, delta: Rows) -> Array:
    """The bias is summed over units, one value a row, which fits when both are as many."""
    return delta.sum(axis=1)


@planted("bias_gradient", "index-axis", several_units)
def bias_of_another_unit(at: At, delta: Rows) -> Array:
    """Every unit gets the bias gradient of the unit before it."""
    return jnp.roll(bias_gradient(at, delta), 1)


@planted("bias_gradient", "broadcast-not-reduced", several_rows)
def bias_of_the_first_row(at: At, delta: Rows) -> Array:
    """The bias was copied to every row, but only the first pays back."""
    return delta[0]


@planted("bias_gradient", "zero-gradient")
def bias_never_accumulated(at: At, delta: Rows) -> Array:
    """The gradient of the bias stays at its initial zeros."""
    return jnp.zeros_like(at.b)


@planted("bias_gradient", "missing-term", penalized)
def penalty_on_biases(at: At, delta: Rows) -> Array:
    """The penalty's gradient is added to the biases too, which the loss does not penalize."""
    return bias_gradient(at, delta) + at.run.mlp.l2 * at.b


@planted("bias_gradient", "wrong-reduction")
def mean_of_nothing(at: At, delta: Rows) -> Array:
    """The bias averages over an empty selection of rows, which is nan."""
    return delta[:0].mean(axis=0)
