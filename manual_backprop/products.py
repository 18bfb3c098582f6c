"""The product uᵀ δ of a weight gradient, in the order that the CPU multiplies fastest.

On paper uᵀ δ is one thing; in memory the sum over the batch runs down the columns of both, with a
stride of a row, and XLA's CPU kernels are slow at that where rows are narrow or their length is a
power of two. Copying the smaller factor into the other order first costs next to nothing.
Milliseconds of one core, batch 128 (AMD EPYC, jax 0.10.2):

    n_in  n_out    uᵀ δ    copy(uᵀ) δ    (copy(δᵀ) u)ᵀ
     512     10   0.186         0.040            0.012
     512    512   0.777         0.659            0.641
     784    512   1.010         1.018            1.039
    1024   1024   2.983         2.740            2.794

The last way needs room for a second weight matrix, so it is taken for narrow layers only. Autodiff
cannot choose: it transposes the forward product. GPUs and TPUs read either order at full speed.
"""

from typing import TypeVar

import jax
from jax import lax
from jaxtyping import Array, Float

from functional_nn.arrays import Precision
from functional_nn.products import product

First = TypeVar("First")

#: δ this narrow, and at least that many times narrower than u, is copied.
NARROW, TIMES = 64, 3
#: u is copied where its rows are a multiple of this long, in elements, up to the limit, if there
#: are rows enough.
STRIDE, LONG, ROWS = 128, 2048, 64


def transposed_product(
    u: Float[Array, "batch n_in"],
    delta: Float[Array, "batch n_out"],
    precision: Precision = None,
) -> Float[Array, "n_in n_out"]:
    """Return ``uᵀ δ``."""
    n_in, n_out = u.shape[1], delta.shape[1]
    if jax.default_backend() == "cpu" and jax.typeof(u).sharding.mesh.empty:
        if n_out <= NARROW and TIMES * n_out <= n_in:
            turned = product(_copied(delta.T), u, precision)
            return _copied(turned).T
        if n_in % STRIDE == 0 and n_in < LONG and len(u) >= ROWS:
            return product(_copied(u.T), delta, _swapped(precision))
    return product(u.T, delta, _swapped(precision))


def in_turn(first: First, second: Array) -> tuple[First, Array]:
    """Have ``first`` computed before anything that is made of ``second``.

    A layer's gradient before the next delta: then the layer's input is not kept any longer.
    """
    both: tuple[First, Array] = lax.optimization_barrier((first, second))
    return both


def _copied(array: Array) -> Array:
    """Write an array out in its own order; XLA would fold the transpose into the product."""
    copied: Array = lax.optimization_barrier(array)
    return copied


def _swapped(precision: Precision) -> Precision:
    """Autodiff gives the first of a pair to δ in both products; in uᵀ δ it stands second."""
    return precision[::-1] if type(precision) is tuple else precision  # type: ignore[return-value]
