"""An MLP whose equal hidden layers run as one scanned layer: a program as short at any depth.

    mlp = scanned(MLP((64, *[64] * 511, 10)))
    mlp.loss(stack(params), x, y)

The layers between the first and the last lie in one stack of weights, one of biases.
"""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.ad_checkpoint import checkpoint_name
from jax.typing import ArrayLike, DTypeLike
from jaxtyping import Array, Float

from functional_nn import dense
from functional_nn.activations import activations
from functional_nn.arrays import Precision, RandomKey
from functional_nn.dense import Dense, Params
from functional_nn.initializers import initializers
from functional_nn.mlp import MLP, in_dtype
from functional_nn.stacked import Stack, in_segments


@jax.tree_util.register_static
@dataclass(frozen=True, init=False, repr=False)
class ScannedMLP(MLP):
    """An ``MLP`` over a ``Stack``; its hidden layers are of one size and one activation.

    It computes what the ``MLP`` computes, by the same equations (FP1, FP2, FP3). Only the first and
    the last pre-activation have names, ``z1`` and ``zL``.

    Attributes:
        recompute: Whether a backward pass keeps the inputs of about √layers segments only, and
            computes what lies between them again.
    """

    recompute: bool

    def __init__(self, *args: Any, recompute: bool = False, **options: Any) -> None:
        """Describe a network.

        Args:
            *args: As ``MLP`` takes them.
            recompute: Whether a backward pass computes the inside of segments again.
            **options: As ``MLP`` takes them.

        Raises:
            ValueError: If there are fewer than two hidden layers, or they are not alike; or as
                ``MLP`` says.
        """
        super().__init__(*args, **options)
        object.__setattr__(self, "recompute", bool(recompute))
        hidden = self.sizes[1:-1]
        if len(hidden) < 2 or len(set(hidden)) > 1:
            raise ValueError(
                f"hidden layers of sizes {list(hidden)} cannot be scanned; wanted at least two, "
                "all of one size"
            )
        if len(set(self.activations)) > 1:
            raise ValueError(
                f"hidden layers with the activations {', '.join(dict.fromkeys(self.activations))} "
                "cannot be scanned; wanted one for all of them"
            )

    def replace(self, **changes: Any) -> MLP:
        """Return the same network with some arguments of the constructor changed."""
        return super().replace(**{"recompute": self.recompute, **changes})

    def init(self, key: RandomKey, dtype: DTypeLike = jnp.float32) -> Stack:
        """Draw the initial parameters: number by number those of the ``MLP``."""
        draw = initializers[self.initializer]
        keys = jax.random.split(key, self.depth)
        n_in, n, *_, n_out = self.sizes

        def layer(key: RandomKey, shape: tuple[int, int]) -> Dense:
            return Dense(draw(key, shape, dtype), jnp.zeros(shape[1], dtype))

        return Stack(
            first=layer(keys[0], (n_in, n)),
            hidden=jax.vmap(lambda key: layer(key, (n, n)))(keys[1:-1]),
            last=layer(keys[-1], (n, n_out)),
        )

    def apply(
        self,
        params: Params,
        x: ArrayLike,
        *,
        precision: Precision = None,
        compute: DTypeLike | None = None,
    ) -> Float[Array, "batch n_out"]:
        """Return the output ``u_L`` of each row, as ``MLP.apply`` does."""
        u = in_dtype(compute, self.checked_inputs(params, x))
        g, output = activations[self.activations[0]], activations[self.output]
        first, hidden, last = params

        def through(u: Float[Array, "batch n"], layer: Dense) -> tuple[Array, None]:
            return g(dense.forward(in_dtype(compute, layer), u, precision)), None

        def through_all(u: Float[Array, "batch n"], layers: Dense) -> tuple[Array, None]:
            return lax.scan(through, u, layers)

        z = dense.forward(in_dtype(compute, first), u, precision)
        u = g(checkpoint_name(z, "z1"))
        if self.recompute:
            whole, rest = in_segments(hidden)
            u, _ = lax.scan(jax.checkpoint(through_all, prevent_cse=False), u, whole)
            if rest is not None:
                u, _ = jax.checkpoint(through_all)(u, rest)
        else:
            u, _ = through_all(u, hidden)
        z = dense.forward(in_dtype(compute, last), u, precision)
        u = output(checkpoint_name(z, f"z{self.depth}"))
        return u if compute is None else u.astype(last.weight.dtype)

    def _check_params(self, params: Params) -> None:
        if not isinstance(params, Stack):
            raise ValueError(
                f"params are a {type(params).__name__} of {len(params)}; a scanned network takes "
                "a Stack: stack(params)"
            )
        n_in, n, *_, n_out = self.sizes
        layers = self.depth - 2
        wanted = ((n_in, n), (n,)), ((layers, n, n), (layers, n)), ((n, n_out), (n_out,))
        given = tuple(tuple(jnp.shape(leaf) for leaf in part) for part in params)
        if given != wanted:
            raise ValueError(
                f"params are stacked in the shapes {given}; {self.depth} layers, from {n_in} over "
                f"{n} to {n_out} units, take {wanted}"
            )

    def __repr__(self) -> str:
        """Return the call that makes an equal network."""
        return f"scanned({unscanned(self)!r}, recompute={self.recompute})"


def scanned(mlp: MLP, *, recompute: bool = False) -> ScannedMLP:
    """Return the network that computes the same over a ``Stack``.

    Raises:
        ValueError: If there are fewer than two hidden layers, or they are not alike.
    """
    return ScannedMLP(*_arguments(mlp), recompute=recompute)


def unscanned(mlp: MLP) -> MLP:
    """Return the network whose parameters are one ``Dense`` a layer."""
    return MLP(*_arguments(mlp)) if isinstance(mlp, ScannedMLP) else mlp


def _arguments(mlp: MLP) -> tuple[Any, ...]:
    return mlp.sizes, mlp.activations, mlp.output, mlp.loss_name, mlp.initializer, mlp.l2
