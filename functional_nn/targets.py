"""Targets as the caller has them, turned into the ``t`` that the losses take.

y given as                    becomes t [batch, n_out]
integer labels [batch]        one-hot; with one output, the label itself (0 or 1)
values or weights             themselves, as floats; a single column may come as [batch]
  [batch, n_out]
for hinge, labels become      -1 and +1
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Float

#: What a target of each loss may be, once encoded: a test and the words for it.
_DOMAINS: Mapping[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = MappingProxyType(
    {
        "half_squared_error": (np.isfinite, "finite"),
        "squared_error": (np.isfinite, "finite"),
        "binary_cross_entropy": (lambda t: (t >= 0) & (t <= 1), "within 0 and 1"),
        "softmax_cross_entropy": (lambda t: (t >= 0) & np.isfinite(t), "weights of at least 0"),
        "hinge": (lambda t: np.abs(t) == 1, "-1 or +1"),
    }
)


def encode(
    loss: str, y: ArrayLike, outputs: Float[Array, "batch n_out"]
) -> Float[Array, "batch n_out"]:
    """Return the targets ``t`` of the shape and dtype of ``outputs``.

    Args:
        loss: Name of the loss; it decides how labels are coded.
        y: Integer labels [batch], or values [batch, n_out] ([batch] when there is one output).
        outputs: What the network returned; only its shape and dtype matter.

    Raises:
        TypeError: If ``y`` is complex, or labels are not integers.
        ValueError: If the shape fits neither labels nor outputs, or if, where the values are
            known (outside ``jax.jit``), a label or a target is out of range.
    """
    check(loss, y, *outputs.shape)
    y = jnp.asarray(y)
    batch, n_out = outputs.shape
    if _are_labels(y, n_out):
        coded = jax.nn.one_hot(y, n_out, dtype=outputs.dtype)
        return 2 * coded - 1 if loss == "hinge" else coded
    t = y.reshape(batch, n_out).astype(outputs.dtype)
    return 2 * t - 1 if loss == "hinge" and _are_bits(y) else t


def check(loss: str, y: ArrayLike, batch: int, n_out: int) -> None:
    """Refuse targets that do not fit ``batch`` rows of ``n_out`` outputs; see ``encode``."""
    shape, dtype = jnp.shape(y), jnp.result_type(y)
    if jnp.issubdtype(dtype, jnp.complexfloating):
        raise TypeError(f"targets are {dtype}; give real values or integer labels")
    if shape == (batch,) and n_out > 1 and jnp.issubdtype(dtype, jnp.floating):
        raise TypeError(
            f"labels must be integers, got {dtype} {list(shape)} for {n_out} outputs; "
            f"cast them (y.astype(int)), or give one weight an output: [{batch}, {n_out}]"
        )
    if shape not in {(batch,), (batch, n_out)}:
        raise ValueError(
            f"targets of shape {list(shape)} do not fit outputs of shape [{batch}, {n_out}]; "
            f"give integer labels [{batch}] or values [{batch}, {n_out}]"
        )
    try:
        known = np.asarray(y)
    except jax.errors.TracerArrayConversionError:
        return  # traced: the values are not known yet, and the caller's data was checked at the door
    if _are_labels(known, n_out):
        _check_labels(known, n_out)
    else:
        _check_values(loss, known.reshape(batch, n_out))


def _are_labels(y: Array | np.ndarray, n_out: int) -> bool:
    return y.ndim == 1 and n_out > 1


def _are_bits(y: Array | np.ndarray) -> bool:
    """Integer classes 0 and 1 of a single output, rather than values or ±1 codes."""
    return y.ndim == 1 and bool(jnp.issubdtype(y.dtype, jnp.integer) or y.dtype == bool)


def _check_labels(labels: np.ndarray, classes: int) -> None:
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(
            f"label {labels[row]} in row {row} is out of range; "
            f"{classes} outputs take labels 0 to {classes - 1} ({wrong.size} rows are wrong)"
        )


def _check_values(loss: str, t: np.ndarray) -> None:
    if loss == "hinge" and np.issubdtype(t.dtype, np.integer) and t.shape[1] == 1:
        good, wanted = (t >= -1) & (t <= 1), "0 or 1, or -1 or +1"
    else:
        fits, wanted = _DOMAINS[loss]
        good = fits(t.astype(np.float64))
    wrong = np.argwhere(~good)
    if wrong.size:
        row, column = map(int, wrong[0])
        raise ValueError(
            f"target {t[row, column]} in row {row}, output {column} does not suit {loss}; "
            f"its targets are {wanted}"
        )
