"""Targets as the caller has them, turned into the ``t`` that the losses take.

y given as                    becomes t [batch, n_out]
integer labels [batch]        one-hot; with one output, the label itself (0 or 1)
values or weights             themselves, as floats; a single column may come as [batch]
  [batch, n_out]
for hinge, labels and other   -1 and +1
  integers 0 and 1 become
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array, Float


def _is_code(t: np.ndarray) -> np.ndarray:
    """Codes of a hinge's two classes: integers 0 and 1, or -1 and +1 (floats: these alone)."""
    two_sided = np.issubdtype(t.dtype, np.floating) or (t < 0).any()
    return np.abs(t) == 1 if two_sided else (t == 0) | (t == 1)


#: What a target of each loss may be: a test of each value and the words for it.
_DOMAINS: Mapping[str, tuple[Callable[[np.ndarray], np.ndarray], str]] = MappingProxyType(
    {
        "half_squared_error": (np.isfinite, "finite"),
        "squared_error": (np.isfinite, "finite"),
        "binary_cross_entropy": (lambda t: (t >= 0) & (t <= 1), "within 0 and 1"),
        "softmax_cross_entropy": (lambda t: (t >= 0) & np.isfinite(t), "weights of at least 0"),
        "hinge": (_is_code, "-1 and +1, or integers 0 and 1"),
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
        TypeError: If ``y`` is complex or no number, or labels are not integers.
        ValueError: If the shape fits neither labels nor outputs, if there are no rows, or if,
            where the values are known (outside ``jax.jit``), a label or a target is out of range.
    """
    batch, n_out = outputs.shape
    y = _as_array(y)
    check(loss, y, batch, n_out)
    counts = not jnp.issubdtype(y.dtype, jnp.floating)  # integers or bools
    if _are_labels(y, n_out):
        coded = jax.nn.one_hot(jnp.asarray(y, dtype=int), n_out, dtype=outputs.dtype)
        return 2 * coded - 1 if loss == "hinge" else coded
    t = jnp.asarray(y).reshape(batch, n_out).astype(outputs.dtype)
    return jnp.where(t > 0, 1, -1).astype(outputs.dtype) if loss == "hinge" and counts else t


def check(loss: str, y: ArrayLike, batch: int, n_out: int) -> None:
    """Refuse targets that do not fit ``batch`` rows of ``n_out`` outputs; see ``encode``."""
    y = _as_array(y)
    if not (jnp.issubdtype(y.dtype, jnp.number) or y.dtype == bool) or jnp.iscomplexobj(y):
        raise TypeError(f"targets are {y.dtype}; give real values or integer labels")
    if batch == 0:
        raise ValueError("no rows: the mean over rows needs at least one")
    if y.shape == (batch,) and n_out > 1 and jnp.issubdtype(y.dtype, jnp.floating):
        raise TypeError(
            f"labels must be integers, got {y.dtype} {list(y.shape)} for {n_out} outputs; "
            f"cast them (y.astype(int)), or give one weight an output: [{batch}, {n_out}]"
        )
    if y.shape not in {(batch,), (batch, n_out)}:
        raise ValueError(
            f"targets of shape {list(y.shape)} do not fit outputs of shape [{batch}, {n_out}]; "
            f"give integer labels [{batch}] or values [{batch}, {n_out}]"
        )
    try:
        known = np.asarray(y)
    except jax.errors.TracerArrayConversionError:
        return  # traced: not known yet; the caller's data was checked at the door
    if _are_labels(known, n_out):
        _check_labels(known.astype(np.int64), n_out)
    else:
        _check_values(loss, known.reshape(batch, n_out))


def _as_array(y: ArrayLike) -> Array | np.ndarray:
    """Keep a JAX array, traced or not; on the host keep every digit until it was checked."""
    return y if isinstance(y, jax.Array) else np.asarray(y)


def _are_labels(y: Array | np.ndarray, n_out: int) -> bool:
    return y.ndim == 1 and n_out > 1


def _check_labels(labels: np.ndarray, classes: int) -> None:
    wrong = np.flatnonzero((labels < 0) | (labels >= classes))
    if wrong.size:
        row = int(wrong[0])
        raise ValueError(
            f"label {labels[row]} in row {row} is out of range; "
            f"{classes} outputs take labels 0 to {classes - 1} ({wrong.size} rows are wrong)"
        )


def _check_values(loss: str, t: np.ndarray) -> None:
    fits, wanted = _DOMAINS[loss]
    whole = np.issubdtype(t.dtype, np.integer) or t.dtype == bool
    wrong = np.argwhere(~fits(t.astype(np.int64 if whole else np.float64)))
    if wrong.size:
        row, column = map(int, wrong[0])
        raise ValueError(
            f"target {t[row, column]} in row {row}, output {column} does not suit {loss}; "
            f"its targets are {wanted}"
        )
