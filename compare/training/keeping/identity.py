"""What a run is, as plain values by name: two runs with equal ones compute the same numbers."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import jax
import numpy as np

from compare.training import together
from compare.training.keeping import code
from compare.training.keeping.described import described
from compare.training.setup import Setup
from functional_nn import unstack
from functional_nn.datasets import Dataset

#: Bytes of a table that are read whole; of a larger one, rows spread evenly over it.
WHOLE = 2**28
SAMPLE = 4096

Identity = Mapping[str, Any]


def identity(setup: Setup) -> dict[str, Any]:
    """Return everything that decides what a run computes, but for how many epochs it runs."""
    plan = setup.plan
    network = {f"network {field.name}": getattr(plan.mlp, field.name) for field in fields(plan.mlp)}
    optimizer = described("optimizer", plan.optimizer)
    _, validation, _ = setup.splits.parts
    found = {
        **network,
        **optimizer,
        **_gradient(setup),
        "batch size": plan.batch_size,
        "seed": setup.seed,
        "dtype": setup.dtype.name,
        "precision": plan.precision,
        "compute": None if plan.compute is None else plan.compute.name,
        "patience": plan.patience,
        "min_delta": plan.min_delta,
        **_begun_with(setup),
        **_settings(setup),
        **_training(setup),
        **_table("validation data", validation),
    }
    return {name: list(v) if isinstance(v, tuple) else v for name, v in found.items()}


def differences(saved: Identity, asked: Identity) -> list[str]:
    """Return what differs, in words, one thing each."""
    missing = object()
    names = [name for name in {**asked, **saved} if code.comparable(name, asked, saved)]
    pairs = ((name, saved.get(name, missing), asked.get(name, missing)) for name in names)
    return [
        f"{name} is {_word(there, missing)} there and {_word(here, missing)} here"
        for name, there, here in pairs
        if there != here
    ]


def _word(value: Any, missing: object) -> str:
    return "absent" if value is missing else repr(value)


def _begun_with(setup: Setup) -> dict[str, Any]:
    """Return what tells the caller's parameters from others; drawn ones follow from the seed."""
    if setup.params is None:
        return {}
    tables = (np.asarray(leaf, np.float64) for leaf in jax.tree.leaves(unstack(setup.params)))
    return {"initial parameters content": digest(*tables)}


def _gradient(setup: Setup) -> dict[str, Any]:
    """Return the engine's name, or what the caller's own derivation is made of."""
    own = setup.plan.gradient
    parts = {} if isinstance(own, str) else described("gradient", own)
    return {**parts, "gradient": setup.name}


def _settings(setup: Setup) -> dict[str, Any]:
    """Return what the caller has set of JAX, where that changes numbers and is not as it comes."""
    usual = {
        "jax_enable_x64": setup.dtype == np.float64,
        "jax_default_matmul_precision": None,
        "jax_default_prng_impl": "threefry2x32",
        "jax_threefry_partitionable": True,
    }
    present = {name: getattr(jax.config, name) for name in usual}
    return {name: value for name, value in present.items() if value != usual[name]}


def _training(setup: Setup) -> dict[str, Any]:
    if setup.stream is None:
        return _table("training data", setup.splits.train)
    content = setup.stream.source.content()
    return {"training data steps": setup.steps, "training data content": content}


def _table(name: str, dataset: Dataset) -> dict[str, Any]:
    return {
        f"{name} rows": len(dataset),
        f"{name} columns": dataset.n_features,
        f"{name} content": _of_all(digest(dataset.x, dataset.y)),
    }


def _of_all(own: str) -> str:
    """Return the digest of every process's rows; one where all have the same."""
    return "-".join(dict.fromkeys(together.texts(own)))


def digest(*tables: np.ndarray) -> str:
    """Return a digest of tables; of very large ones, of their shape and rows evenly spread."""
    found = hashlib.sha256()
    for table in tables:
        found.update(f"{table.dtype.str} {table.shape}".encode())
        every = 1 if table.nbytes <= WHOLE else -(-len(table) // SAMPLE)
        found.update(np.ascontiguousarray(table[::every]).data)
    return found.hexdigest()[:16]
