"""Mistakes in dJ/du_{l-1} = δ_l W_lᵀ (BP2); the first wrong node is the delta one layer below."""

from jaxtyping import Array

from compare.mistakes.derivation import At, Rows, pull_back, weight_gradient
from compare.mistakes.mistake import planted
from compare.mistakes.place import (
    several_rows,
    several_units,
    sloped,
    square_weight,
    twin,
    twin_weight,
)


@planted("pull_back", "missing-transpose", square_weight)
def weights_not_transposed(at: At, delta: Rows) -> Array:
    """The delta is pulled back through W instead of its transpose."""
    return delta @ at.W


@planted("pull_back", "wrong-saved-value", twin_weight)
def weights_of_another_layer(at: At, delta: Rows) -> Array:
    """The delta is pulled back through the weights of another layer of the same shape."""
    other = twin(at.run.mlp, at.number)
    assert other is not None
    return delta @ at.run.params[other - 1].weight.T


@planted("pull_back", "wrong-saved-value")
def weights_already_updated(at: At, delta: Rows) -> Array:
    """The layer's weights were updated before the delta was pulled back through them."""
    updated = at.W - 0.1 * weight_gradient(at, delta)
    return delta @ updated.T


@planted("pull_back", "wrong-saved-value", sloped)
def delta_before_its_slope(at: At, delta: Rows) -> Array:
    """What is pulled back is dJ/du of the layer, not its delta: the slope is skipped."""
    return at.du @ at.W.T


@planted("pull_back", "missing-term", several_units)
def last_unit_forgotten(at: At, delta: Rows) -> Array:
    """The sum over the units above leaves out the last one."""
    return delta[:, :-1] @ at.W[:, :-1].T


@planted("pull_back", "wrong-reduction", several_units)
def mean_over_units(at: At, delta: Rows) -> Array:
    """The units above are averaged, though every one of them uses the value."""
    return pull_back(at, delta) / delta.shape[1]


@planted("pull_back", "wrong-constant-factor", several_rows)
def batch_mean_twice(at: At, delta: Rows) -> Array:
    """The recursion divides by the number of rows, which the output delta has done already."""
    return pull_back(at, delta) / delta.shape[0]


@planted("pull_back", "wrong-sign")
def recursion_sign(at: At, delta: Rows) -> Array:
    """The sign turns on the way through one layer."""
    return -pull_back(at, delta)
