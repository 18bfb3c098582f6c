"""Hand-derived backpropagation, under the same file names as ``functional_nn``.

    loss, grads = value_and_grad(mlp)(params, x, y)   # drop-in for jax.value_and_grad(mlp.loss)
    deltas(mlp, params, x, y)                         # {"z1": dJ/dz_1, ...}

Nothing here asks JAX for a derivative.
"""

from manual_backprop.activations import Slope, slopes
from manual_backprop.losses import output_deltas
from manual_backprop.mlp import backpropagate, deltas, grad_and_deltas, value_and_grad

__all__ = [
    "Slope",
    "backpropagate",
    "deltas",
    "grad_and_deltas",
    "output_deltas",
    "slopes",
    "value_and_grad",
]
