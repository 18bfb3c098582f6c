"""A tanh network: lists of activations, a loop back over the layers."""

import jax.numpy as jnp

SIZES = (4, 5, 3, 2)
STEPS = (
    ("params[2][0]", "params[2][1]"),
    ("params[1][0]", "params[1][1]"),
    ("params[0][0]", "params[0][1]"),
)


def inputs(rng):
    pairs = zip(SIZES, SIZES[1:], strict=False)
    params = [(rng.normal(size=(n, m)), rng.normal(size=m)) for n, m in pairs]
    return params, rng.normal(size=(6, 4)), rng.normal(size=(6, 2))


def loss(params, x, y):
    h = x
    for w, b in params[:-1]:
        h = jnp.tanh(h @ w + b[None, :])
    w, b = params[-1]
    return 0.5 * jnp.mean(jnp.sum((h @ w + b[None, :] - y) ** 2, axis=1))


def gradient(params, x, y):
    acts = [x]
    for w, b in params[:-1]:
        acts.append(jnp.tanh(acts[-1] @ w + b[None, :]))
    w, b = params[-1]
    delta = (acts[-1] @ w + b[None, :] - y) / x.shape[0]
    grads = []
    for i in reversed(range(len(params))):
        w, b = params[i]
        grads.append((acts[i].T @ delta, delta.sum(axis=0)))
        if i > 0:
            delta = (delta @ w.T) * (1 - acts[i] ** 2)
    return grads[::-1]
