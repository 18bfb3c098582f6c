"""Proof-read the backward pass of a two-layer network, derived by hand with named steps.

    python examples/check_a_derivation.py
    python examples/check_a_derivation.py --mistake stale-value

    z1 = x W1 + b1        dW1 = xᵀ dz1     db1 = Σ_rows dz1
    u1 = tanh(z1)         dz1 = du1 (1 - u1²)
    z2 = u1 W2 + b2       dW2 = u1ᵀ dz2    db2 = Σ_rows dz2    du1 = dz2 W2ᵀ
    J  = mean over rows of -Σ t log softmax(z2)     dz2 = (softmax(z2) - t) / rows

The loss names z1 and z2, and the derivation returns their cotangents under these names; so a
mistake is placed at its own step and not at those after it.
"""

import argparse
from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
from jax.ad_checkpoint import checkpoint_name

from compare import check_gradient

MISTAKES = ("sum-for-mean", "missing-slope", "stale-value", "mean-for-sum")


def loss(params, x, t):
    """Return J; ``checkpoint_name`` changes nothing, it only names a value."""
    z1 = checkpoint_name(x @ params["W1"] + params["b1"][None, :], "z1")
    z2 = checkpoint_name(jnp.tanh(z1) @ params["W2"] + params["b2"][None, :], "z2")
    return -jnp.mean(jnp.sum(t * jax.nn.log_softmax(z2), axis=1))


def gradient(params, x, t, mistake=""):
    """Return the gradients of the parameters, and the cotangents of z1 and z2."""
    z1 = x @ params["W1"] + params["b1"][None, :]
    u1 = jnp.tanh(z1)
    z2 = u1 @ params["W2"] + params["b2"][None, :]

    dz2 = (jax.nn.softmax(z2) - t) / x.shape[0]
    if mistake == "sum-for-mean":
        dz2 = jax.nn.softmax(z2) - t

    dz1 = (dz2 @ params["W2"].T) * (1 - u1**2)
    if mistake == "missing-slope":
        dz1 = dz2 @ params["W2"].T
    elif mistake == "stale-value":
        dz1 = (dz2 @ params["W2"].T) * (1 - z1**2)

    db1 = jnp.sum(dz1, axis=0)
    if mistake == "mean-for-sum":
        db1 = jnp.mean(dz1, axis=0)

    grads = {"W1": x.T @ dz1, "b1": db1, "W2": u1.T @ dz2, "b2": jnp.sum(dz2, axis=0)}
    return grads, {"z1": dz1, "z2": dz2}


def inputs(n_in=5, n_hidden=4, n_out=3, rows=7):
    """Return parameters, inputs and targets; all sizes differ, so that no transpose hides."""
    keys = jax.random.split(jax.random.key(0), 6)
    params = {
        "W1": jax.random.normal(keys[0], (n_in, n_hidden)),
        "b1": jax.random.normal(keys[1], (n_hidden,)),
        "W2": jax.random.normal(keys[2], (n_hidden, n_out)),
        "b2": jax.random.normal(keys[3], (n_out,)),
    }
    labels = jax.random.randint(keys[5], (rows,), 0, n_out)
    return params, jax.random.normal(keys[4], (rows, n_in)), jax.nn.one_hot(labels, n_out)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report; return 1 if the derivation is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mistake", choices=MISTAKES, default="", help="plant one")
    mistake = parser.parse_args(argv).mistake
    report = check_gradient(loss, partial(gradient, mistake=mistake), *inputs())
    print(report)
    return 0 if report.agrees else 1


if __name__ == "__main__":
    raise SystemExit(main())
