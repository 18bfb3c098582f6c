"""A backpropagation whose single equations can be replaced.

Each equation is a function of its own, so that a mistaken one can take its place; what it spoils
then runs through the recursion as it would in a real derivation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from jax.typing import ArrayLike
from jaxtyping import Array, Float

from functional_nn import MLP, Dense, Params, activations, targets
from functional_nn.dense import forward as dense_forward
from functional_nn.mlp import row_shares
from manual_backprop import output_deltas, slopes
from manual_backprop.losses import mean_over_rows

Rows: TypeAlias = Float[Array, "batch _"]
Deltas: TypeAlias = dict[str, Rows]
Derivation: TypeAlias = Callable[..., tuple[Params, Deltas]]


@dataclass(frozen=True)
class Run:
    """One forward pass.

    Attributes:
        mlp: The network.
        params: Its parameters.
        z: Pre-activations by layer number, z[1] .. z[L]; z[0] is x.
        u: Activations by layer number; u[0] is x.
        t: Encoded targets.
        shares: Share of each row in the mean; None when all count alike.
    """

    mlp: MLP
    params: Params
    z: tuple[Rows, ...]
    u: tuple[Rows, ...]
    t: Rows
    shares: Float[Array, " batch"] | None

    @property
    def outputs(self) -> Rows:
        """The last layer's output, u_L."""
        return self.u[-1]

    @property
    def batch(self) -> int:
        """Number of rows."""
        return self.t.shape[0]

    def mean(self, rows: Rows) -> Rows:
        """Give each row its share of the mean over rows."""
        return mean_over_rows(rows, self.shares)


@dataclass(frozen=True)
class At:
    """What the equations of layer ``number`` may look at.

    Attributes:
        run: The forward pass.
        number: The layer l, 1 .. L.
        du: dJ/du_l, as it came down from above.
    """

    run: Run
    number: int
    du: Rows

    @property
    def W(self) -> Float[Array, "n_in n_out"]:
        """Weight of the layer."""
        return self.run.params[self.number - 1].weight

    @property
    def b(self) -> Float[Array, " n_out"]:
        """Bias of the layer."""
        return self.run.params[self.number - 1].bias

    @property
    def inputs(self) -> Rows:
        """Input of the layer, u_{l-1}."""
        return self.run.u[self.number - 1]

    @property
    def z(self) -> Rows:
        """Pre-activation, z_l."""
        return self.run.z[self.number]

    @property
    def u(self) -> Rows:
        """Activation, u_l."""
        return self.run.u[self.number]

    @property
    def activation(self) -> str:
        """Name of g_l."""
        return self.run.mlp.layer_activations[self.number - 1]


def output_delta(run: Run) -> Rows:
    """Return dJ/du_L (BP1, before the slope)."""
    return output_deltas[run.mlp.loss_name](run.outputs, run.t, run.shares)


def slope(at: At) -> Rows:
    """Return g'(z_l)."""
    return slopes[at.activation](at.z)


def pull_back(at: At, delta: Rows) -> Rows:
    """Return dJ/du_{l-1} = δ Wᵀ (BP2, before the slope)."""
    return delta @ at.W.T


def weight_gradient(at: At, delta: Rows) -> Array:
    """Return dJ/dW = uᵀ δ (BP4)."""
    return at.inputs.T @ delta


def bias_gradient(at: At, delta: Rows) -> Array:
    """Return dJ/db = Σ_batch δ (BP3)."""
    return delta.sum(axis=0)


def penalty(at: At) -> Array:
    """Return l2 W (BP5)."""
    return at.run.mlp.l2 * at.W


@dataclass(frozen=True)
class Equations:
    """The equations of one layer; the right ones unless replaced."""

    output_delta: Callable[[Run], Array] = output_delta
    slope: Callable[[At], Array] = slope
    pull_back: Callable[[At, Rows], Array] = pull_back
    weight_gradient: Callable[[At, Rows], Array] = weight_gradient
    bias_gradient: Callable[[At, Rows], Array] = bias_gradient
    penalty: Callable[[At], Array] = penalty


def derive(mlp: MLP, equations: Callable[[int], Equations]) -> Derivation:
    """Return ``f(params, x, y, weights=None) -> (grads, deltas)`` made of ``equations(layer)``."""

    def grads_and_deltas(
        params: Params, x: ArrayLike, y: ArrayLike, weights: ArrayLike | None = None
    ) -> tuple[Params, Deltas]:
        run = _forward(mlp, params, x, y, weights)
        grads: list[Dense] = []
        deltas: Deltas = {}
        du = equations(mlp.depth).output_delta(run)
        for number in range(mlp.depth, 0, -1):
            layer, at = equations(number), At(run, number, du)
            delta = du * layer.slope(at)
            deltas[f"z{number}"] = delta
            dW = layer.weight_gradient(at, delta)
            grads.append(
                Dense(dW + layer.penalty(at) if mlp.l2 else dW, layer.bias_gradient(at, delta))
            )
            if number > 1:
                du = layer.pull_back(at, delta)
        return tuple(reversed(grads)), dict(reversed(deltas.items()))

    return grads_and_deltas


def _forward(
    mlp: MLP, params: Params, x: ArrayLike, y: ArrayLike, weights: ArrayLike | None
) -> Run:
    u = mlp.checked_inputs(params, x)
    zs, us = [u], [u]
    for layer, activation in zip(params, mlp.layer_activations, strict=True):
        zs.append(dense_forward(layer, us[-1]))
        us.append(activations[activation](zs[-1]))
    t = targets.encode(mlp.loss_name, y, us[-1])
    return Run(mlp, params, tuple(zs), tuple(us), t, row_shares(weights, us[-1]))
