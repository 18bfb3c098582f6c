"""The multi-layer perceptron: a frozen description, and pure functions of its parameters."""

import math
import numbers
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax.ad_checkpoint import checkpoint_name
from jax.typing import ArrayLike, DTypeLike
from jaxtyping import Array, Float

from functional_nn import dense, targets
from functional_nn.activations import activations as activation_table
from functional_nn.arrays import Precision, RandomKey, Scalar
from functional_nn.dense import Dense, Params
from functional_nn.initializers import initializers
from functional_nn.losses import losses
from functional_nn.names import lookup

T = TypeVar("T")


@jax.tree_util.register_static
@dataclass(frozen=True, init=False)
class MLP:
    """A fully connected network with a loss; hashable, so static under ``jax.jit``.

    Equations:
        u_0 = x
        z_l = u_{l-1} W_l + b_l,   u_l = g_l(z_l)          (FP1, FP2)   l = 1 .. L
        J   = mean_n ℓ(u_L[n], t[n]) + l2/2 Σ_l ‖W_l‖²     (FP3)

    The pre-activations carry the names ``z1`` .. ``zL`` (``jax.ad_checkpoint.checkpoint_name``),
    so that a derivation can be compared at each of them.

    Attributes:
        sizes: Units of each layer, input and output included: ``(784, 128, 10)``.
        activations: One name a hidden layer.
        output: Activation of the last layer. The cross-entropies take logits: "identity".
        loss_name: Name of the loss; ``loss`` itself is the function.
        initializer: Name of the weight initializer.
        l2: Weight of the penalty ``l2/2 Σ ‖W‖²``; biases are not penalised.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    output: str
    loss_name: str
    initializer: str
    l2: float

    def __init__(
        self,
        sizes: Sequence[int],
        activations: str | Sequence[str] = "relu",
        output: str = "identity",
        loss: str = "softmax_cross_entropy",
        initializer: str = "he_normal",
        l2: float = 0.0,
    ) -> None:
        """Describe a network.

        Args:
            sizes: Units of each layer, input and output included.
            activations: One name for all hidden layers, or one per hidden layer.
            output: Activation of the last layer.
            loss: Name of the loss.
            initializer: Name of the weight initializer.
            l2: Weight of the penalty.

        Raises:
            ValueError: If a name is unknown (the nearest known one is offered), a size is not a
                positive integer, the activations do not match the hidden layers, or ``l2`` is
                negative or not finite.
        """
        sizes = _checked_sizes(sizes)
        hidden = len(sizes) - 2
        names = (activations,) * hidden if isinstance(activations, str) else tuple(activations)
        if len(names) != hidden:
            raise ValueError(
                f"{len(names)} activations for {hidden} hidden layers (sizes {list(sizes)}); "
                "give one name for all of them, or one per hidden layer"
            )
        for name in (*names, output):
            lookup("activation", name, activation_table)
        if isinstance(activations, str):
            lookup("activation", activations, activation_table)
        lookup("loss", loss, losses)
        lookup("initializer", initializer, initializers)
        if not (math.isfinite(l2) and l2 >= 0):
            raise ValueError(f"l2 must be a finite number of at least 0, got {l2}")
        values = (sizes, names, output, loss, initializer, float(l2))
        for field, value in zip(fields(MLP), values, strict=True):
            object.__setattr__(self, field.name, value)

    def replace(self, **changes: Any) -> "MLP":
        """Return the same network with some arguments of the constructor changed."""
        kept: dict[str, Any] = {
            "sizes": self.sizes,
            "activations": self.activations,
            "output": self.output,
            "loss": self.loss_name,
            "initializer": self.initializer,
            "l2": self.l2,
        }
        return type(self)(**(kept | changes))

    @property
    def depth(self) -> int:
        """Number of dense layers L."""
        return len(self.sizes) - 1

    @property
    def layer_activations(self) -> tuple[str, ...]:
        """Activation of each of the L layers, the output's last."""
        return (*self.activations, self.output)

    def init(self, key: RandomKey, dtype: DTypeLike = jnp.float32) -> Params:
        """Draw the initial parameters; biases are zero.

        Args:
            key: A ``jax.random.key``.
            dtype: A floating dtype.

        Returns:
            One ``Dense`` a layer, from the input to the output.
        """
        draw = initializers[self.initializer]
        keys = jax.random.split(key, self.depth)
        shapes = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        return tuple(
            Dense(draw(key, shape, dtype), jnp.zeros(shape[1], dtype))
            for key, shape in zip(keys, shapes, strict=True)
        )

    def apply(
        self,
        params: Params,
        x: ArrayLike,
        *,
        precision: Precision = None,
        compute: DTypeLike | None = None,
    ) -> Float[Array, "batch n_out"]:
        """Return the output ``u_L`` of each row of ``x`` [batch, n_in].

        Args:
            params: The parameters.
            x: Inputs.
            precision: Of the matrix products, as in ``jax.numpy.matmul``.
            compute: Dtype that all layers compute in; ``u_L`` comes back in the parameters' own.
                None leaves every dtype as it is.

        Raises:
            TypeError: If ``x`` is not floating.
            ValueError: If the columns of ``x`` or the shapes of ``params`` do not fit the sizes.
        """
        u = in_dtype(compute, self.checked_inputs(params, x))
        layers = zip(in_dtype(compute, params), self.layer_activations, strict=True)
        for number, (layer, activation) in enumerate(layers, start=1):
            z = checkpoint_name(dense.forward(layer, u, precision), f"z{number}")
            u = activation_table[activation](z)
        return u if compute is None else u.astype(params[-1].weight.dtype)

    def loss(
        self,
        params: Params,
        x: ArrayLike,
        y: ArrayLike,
        weights: ArrayLike | None = None,
        *,
        precision: Precision = None,
        compute: DTypeLike | None = None,
    ) -> Scalar:
        """Return the loss J: the mean over rows, plus the penalty.

        Args:
            params: The parameters.
            x: Inputs [batch, n_in].
            y: Targets: integer labels [batch], or values [batch, n_out].
            weights: A weight of at least 0 a row; the mean becomes ``Σ w ℓ / Σ w``.
            precision: Of the matrix products, as in ``jax.numpy.matmul``.
            compute: Dtype that all layers compute in; the loss is taken in the parameters' own.

        Raises:
            TypeError: If ``x`` is not floating or labels are not integers.
            ValueError: If shapes do not fit, or (outside ``jax.jit``) a target is out of range.
        """
        u = self.apply(params, x, precision=precision, compute=compute)
        t = targets.encode(self.loss_name, y, u)
        return self.objective(params, u, t, row_shares(weights, u))

    def objective(
        self,
        params: Params,
        u: Float[Array, "batch n_out"],
        t: Float[Array, "batch n_out"],
        shares: Float[Array, " batch"] | None = None,
    ) -> Scalar:
        """Return J from the last layer's output, encoded targets and shares of the mean (FP3)."""
        rows = losses[self.loss_name](u, t)
        mean = jnp.mean(rows) if shares is None else jnp.sum(shares * rows)
        return mean + penalty(params, self.l2) if self.l2 else mean

    def predict(self, params: Params, x: ArrayLike, *, precision: Precision = None) -> Array:
        """Return what the network says about each row of ``x``.

        softmax_cross_entropy   the class of the largest logit         int  [batch]
        hinge                   the same; one output: 1 where u >= 0   int  [batch]
        binary_cross_entropy    1 where p >= 0.5; one output: [batch]  int  [batch, n_out]
        the squared errors      the output itself                      float [batch, n_out]
        """
        u = self.apply(params, x, precision=precision)
        one_output = u.shape[1] == 1
        if self.loss_name == "softmax_cross_entropy" or (
            self.loss_name == "hinge" and not one_output
        ):
            return jnp.argmax(u, axis=1)
        if self.loss_name in {"binary_cross_entropy", "hinge"}:
            above = (u >= 0).astype(int)  # sigmoid(u) >= 1/2
            return above[:, 0] if one_output else above
        return u

    def checked_inputs(self, params: Params, x: ArrayLike) -> Float[Array, "batch n_in"]:
        """Return ``x`` as an array, once its columns and the parameters' shapes fit the sizes."""
        x = jnp.asarray(x)
        if not jnp.issubdtype(x.dtype, jnp.floating):
            raise TypeError(f"x is {x.dtype}; the network takes floats: x.astype(jnp.float32)")
        if x.ndim != 2 or x.shape[1] != self.sizes[0]:
            raise ValueError(
                f"x has shape {list(x.shape)}; the network takes [batch, {self.sizes[0]}] "
                f"(sizes {list(self.sizes)})"
            )
        self._check_params(params)
        return x

    def _check_params(self, params: Params) -> None:
        weights = [jnp.shape(layer.weight) for layer in params]
        biases = [jnp.shape(layer.bias) for layer in params]
        wanted = list(zip(self.sizes[:-1], self.sizes[1:], strict=True))
        for kind, given, fitting in (
            ("weights", weights, wanted),
            ("biases", biases, [(n_out,) for n_out in self.sizes[1:]]),
        ):
            if given != fitting:
                raise ValueError(
                    f"params hold {kind} of shapes {[list(s) for s in given]}; sizes "
                    f"{list(self.sizes)} take {[list(s) for s in fitting]}"
                )

    def __repr__(self) -> str:
        """Return the call that makes an equal network."""
        return (
            f"MLP({self.sizes}, activations={self.activations}, output={self.output!r}, "
            f"loss={self.loss_name!r}, initializer={self.initializer!r}, l2={self.l2})"
        )


def in_dtype(compute: DTypeLike | None, tree: T) -> T:
    """Return arrays in the dtype that layers compute in; as they are where there is none."""
    if compute is None:
        return tree
    return jax.tree.map(lambda leaf: leaf.astype(compute), tree)


def penalty(params: Params, l2: float) -> Scalar:
    """Return ``l2/2 Σ ‖W‖²`` over the weights of all layers."""
    first, *others = [jnp.sum(layer.weight**2) for layer in params]
    return 0.5 * l2 * sum(others, start=first)


def row_shares(
    weights: ArrayLike | None, outputs: Float[Array, "batch n_out"]
) -> Float[Array, " batch"] | None:
    """Return each row's share of the mean, ``w / Σ w``; None when all rows count alike.

    Raises:
        ValueError: If there is not one weight a row, or (outside ``jax.jit``) a weight is
            negative or not finite, or all are zero.
    """
    if weights is None:
        return None
    if jnp.shape(weights) != outputs.shape[:1]:
        raise ValueError(
            f"weights of shape {list(jnp.shape(weights))} for {outputs.shape[0]} rows; "
            "give one weight a row"
        )
    try:
        known = np.asarray(weights, dtype=np.float64)
    except jax.errors.TracerArrayConversionError:
        pass  # traced: the values are not known yet
    else:
        if not (np.isfinite(known).all() and (known >= 0).all() and known.sum() > 0):
            raise ValueError(
                f"row weights must be finite, at least 0 and not all 0; "
                f"got {known.min()} to {known.max()}"
            )
    w = jnp.asarray(weights)
    w = w.astype(outputs.dtype if outputs.dtype.itemsize >= 4 else jnp.float32)
    w = w / jnp.max(w)  # the sum of large weights may be out of range
    return (w / jnp.sum(w)).astype(outputs.dtype)


def _checked_sizes(sizes: object) -> tuple[int, ...]:
    given = tuple(sizes) if isinstance(sizes, Iterable) else ()
    if len(given) < 2 or not all(isinstance(n, numbers.Integral) and int(n) > 0 for n in given):
        raise ValueError(
            f"sizes must be at least two positive integers, input and output, got {sizes!r}"
        )
    return tuple(int(size) for size in given)
