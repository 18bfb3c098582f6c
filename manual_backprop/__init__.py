"""Hand-derived backpropagation, under the same file names as ``functional_nn``.

    loss, grads = value_and_grad(mlp)(params, x, y)   # drop-in for jax.value_and_grad(mlp.loss)
    deltas(mlp, params, x, y)                         # {"z1": dJ/dz_1, ...}

``manual_backprop.graph`` does the same for any graph, by the local rules of
``manual_backprop.gates``; ``tangents`` and ``jacobians`` are forward mode and both modes compared.
Nothing here asks JAX for a derivative.
"""

from manual_backprop import gates, graph, jacobians, scanned, tangents
from manual_backprop.activations import Slope, slopes
from manual_backprop.losses import output_deltas
from manual_backprop.mlp import backpropagate, deltas, grad_and_deltas, value_and_grad

__all__ = [
    "Slope",
    "backpropagate",
    "deltas",
    "gates",
    "grad_and_deltas",
    "graph",
    "jacobians",
    "output_deltas",
    "scanned",
    "slopes",
    "tangents",
    "value_and_grad",
]
