"""Precision: how JAX is set while something is traced; the caller's settings come back."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from jaxtyping import Array


def matmul_precision(precision: str | None) -> AbstractContextManager[Any]:
    """Set the precision of every matrix product; None leaves the caller's."""
    return jax.default_matmul_precision(precision) if precision else nullcontext()


def width(dtype: np.dtype[Any]) -> AbstractContextManager[Any]:
    """Allow float64 where it is asked for, and only as long."""
    return jax.enable_x64(True) if dtype == np.float64 else nullcontext()


@contextmanager
def nan_allowed() -> Iterator[None]:
    """Let what is not there yet be nan or infinite, where the caller has made those errors."""
    with jax.debug_nans(False), jax.debug_infs(False):
        yield


def at_least_float32(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return what sums and shares are taken in: bfloat16 has digits for no more than 2 in 100."""
    return dtype if dtype.itemsize >= 4 else np.dtype(np.float32)


def cast(table: ArrayLike, dtype: np.dtype[Any]) -> Array:
    """Return the numbers in another dtype; one too large for it becomes infinite, silently."""
    with np.errstate(over="ignore"):
        return jnp.asarray(table, dtype)


@contextmanager
def relaxed_promotion() -> Iterator[None]:
    """Let optax mix ranks and dtypes as it does, where the caller has made that an error."""
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        yield
