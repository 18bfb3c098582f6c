"""Pure functions of a neural network: init, apply, loss. No derivative, no custom rule.

    mlp = MLP((64, 32, 10), activations="tanh")
    params = mlp.init(jax.random.key(0))
    mlp.loss(params, x, y)

``functional_nn.graph`` writes any computation as a graph of ``functional_nn.gates``.
``manual_backprop`` has the hand-derived gradients under the same file names.
"""

from functional_nn import datasets, gates, graph
from functional_nn.activations import activations
from functional_nn.arrays import Precision, RandomKey, Scalar
from functional_nn.dense import Dense, Params
from functional_nn.initializers import initializers
from functional_nn.losses import losses
from functional_nn.metrics import accuracy, confusion_matrix
from functional_nn.mlp import MLP
from functional_nn.scanned import ScannedMLP, scanned, unscanned
from functional_nn.stacked import Stack, stack, unstack

__all__ = [
    "MLP",
    "Dense",
    "Params",
    "Precision",
    "RandomKey",
    "Scalar",
    "ScannedMLP",
    "Stack",
    "accuracy",
    "activations",
    "confusion_matrix",
    "datasets",
    "gates",
    "graph",
    "initializers",
    "losses",
    "scanned",
    "stack",
    "unscanned",
    "unstack",
]
