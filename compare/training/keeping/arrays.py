"""The numbers of a run as one flat table of arrays by name, and back."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from compare.training import together
from compare.training.engine import Run
from compare.training.history import History
from functional_nn import RandomKey

HISTORY = "history."

Arrays = Mapping[str, np.ndarray]


class Kept(NamedTuple):
    """What a checkpoint holds of the device.

    Attributes:
        run: Where it stands, without the records: the history has them.
        key: Draws the batches.
    """

    run: Run
    key: RandomKey


def of_run(run: Run, key: RandomKey) -> dict[str, np.ndarray]:
    """Return the arrays of a run by name, copied from the devices; all processes ask at once."""
    return {name: together.fetched(_bits(leaf)) for name, leaf in _leaves(run, key).items()}


def of_history(history: History) -> dict[str, np.ndarray]:
    """Return the columns of a history by name."""
    return {f"{HISTORY}{name}": column for name, column in vars(history).items()}


def history_names() -> list[str]:
    """Return the names of a history's columns."""
    return [f"{HISTORY}{field.name}" for field in fields(History)]


def shapes(arrays: Arrays) -> dict[str, list[Any]]:
    """Return dtype and shape of each array."""
    return {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()}


def restored(arrays: Arrays, run: Run, key: RandomKey) -> tuple[Run, RandomKey, History]:
    """Return a run, its key and its history, in the place of a fresh run of the same kind."""
    fresh = _leaves(run, key)
    leaves = [_like(leaf, arrays[name]) for name, leaf in fresh.items()]
    structure = jax.tree.structure(_kept(run, key))
    kept = jax.tree.unflatten(structure, leaves)
    columns = {name.removeprefix(HISTORY): arrays[name] for name in history_names()}
    return kept.run._replace(records=run.records), kept.key, History(**columns)


def _kept(run: Run, key: RandomKey) -> Kept:
    return Kept(run._replace(records=None), key)  # type: ignore[arg-type]


def _leaves(run: Run, key: RandomKey) -> dict[str, jax.Array]:
    pairs = jax.tree_util.tree_leaves_with_path(_kept(run, key))
    return {jax.tree_util.keystr(path).lstrip("."): leaf for path, leaf in pairs}


def _is_key(leaf: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(leaf), jax.dtypes.prng_key)


def _bits(leaf: Any) -> Any:
    return jax.random.key_data(leaf) if _is_key(leaf) else leaf


def _like(leaf: Any, bits: np.ndarray) -> Any:
    if _is_key(leaf):
        return jax.random.wrap_key_data(jnp.asarray(bits), impl=jax.random.key_impl(leaf))
    return jax.device_put(bits, getattr(leaf, "sharding", None))
