"""A right derivation of a two-layer network as text, and what is said when one line is changed."""

import importlib.util
import sys
from pathlib import Path

import jax
import jax.numpy as jnp

from compare import check_gradient
from compare.report import Diagnosis, Report

SOURCE = """
import jax
import jax.numpy as jnp


def gradient(params, x, t):
    (w1, b1), (w2, b2) = params
    n = x.shape[0]
    z1 = x @ w1 + b1[None, :]
    h = jnp.tanh(z1)
    p = jax.nn.softmax(h @ w2 + b2[None, :])
    dz2 = (p - t) / n
    dw2 = h.T @ dz2
    db2 = dz2.sum(axis=0)
    dh = dz2 @ w2.T
    dz1 = dh * (1 - h**2)
    dw1 = x.T @ dz1
    db1 = dz1.sum(axis=0)
    return (dw1, db1), (dw2, db2)
"""


def loss(params, x, t):
    (w1, b1), (w2, b2) = params
    h = jnp.tanh(x @ w1 + b1[None, :])
    return -jnp.mean(jnp.sum(t * jax.nn.log_softmax(h @ w2 + b2[None, :]), axis=1))


def arguments():
    keys = jax.random.split(jax.random.key(0), 5)
    shapes = ((4, 5), (5,), (5, 3), (3,), (7, 4))
    w1, b1, w2, b2, x = (jax.random.normal(k, s) for k, s in zip(keys, shapes, strict=True))
    return ((w1, b1), (w2, b2)), x, jax.nn.one_hot(jnp.arange(7) % 3, 3)


def module(folder: Path, source: str, name: str = "derivation"):
    """Write a module and import it."""
    path = folder / f"{name}.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(name, path)
    found = importlib.util.module_from_spec(spec)
    sys.modules[name] = found
    spec.loader.exec_module(found)
    return found


def changed(old: str, new: str, source: str = SOURCE) -> tuple[str, int]:
    """Return the source with one text changed, and the line of it."""
    assert source.count(old) == 1, old
    return source.replace(old, new), source[: source.index(old)].count("\n") + 1


def check(folder: Path, source: str) -> Report:
    return check_gradient(loss, module(folder, source).gradient, *arguments())


def diagnose(folder: Path, source: str) -> Diagnosis:
    diagnosis = check(folder, source).diagnosis
    assert diagnosis is not None
    return diagnosis
