"""What is often forgotten in derivations of many styles: its line, its kind and a verified edit."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient, check_rule


def drawn(number, *shape):
    return jnp.asarray(np.random.default_rng(10 + number).normal(size=shape), jnp.float32)


def rms_norm(x):
    return x / jnp.sqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-6)


def rms_norm_forward(x):
    r = 1 / jnp.sqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-6)
    return x * r, (x, r)


def rms_norm_backward(saved, g):
    x, r = saved  # noqa: RUF059  the edit needs it
    return (g * r,)  # the mistake: r depends on x


def unit(x):
    return x / jnp.sqrt(jnp.sum(x * x, axis=1, keepdims=True))


def unit_forward(x):
    n = jnp.sqrt(jnp.sum(x * x, axis=1, keepdims=True))
    return x / n, (x / n, n)


def unit_backward(saved, g):
    u, n = saved  # noqa: RUF059  the edit needs it
    return (g / n,)  # the mistake: n depends on x


def batch_norm(x):
    centred = x - x.mean(axis=0, keepdims=True)
    return centred / jnp.sqrt((centred**2).mean(axis=0, keepdims=True) + 1e-3)


def batch_norm_forward(x):
    centred = x - x.mean(axis=0, keepdims=True)
    inv = 1 / jnp.sqrt((centred**2).mean(axis=0, keepdims=True) + 1e-3)
    return centred * inv, (centred * inv, inv)


def batch_norm_backward(saved, g):
    xhat, inv = saved  # noqa: RUF059  the edit needs it
    return ((g - g.mean(axis=0, keepdims=True)) * inv,)  # the mistake: inv depends on x


def attention(q, k, v):
    s = jnp.einsum("id,jd->ij", q, k) / q.shape[1] ** 0.5
    return jax.nn.softmax(s, axis=-1) @ v


def attention_forward(q, k, v):
    p = jax.nn.softmax(jnp.einsum("id,jd->ij", q, k) / q.shape[1] ** 0.5, axis=-1)
    return p @ v, (q, k, v, p)


def attention_backward(saved, do):
    q, k, v, p = saved
    dv = jnp.einsum("ij,id->jd", p, do)
    dp = jnp.einsum("id,jd->ij", do, v)
    ds = p * dp / q.shape[1] ** 0.5  # the mistake: the normaliser depends on all scores
    return jnp.einsum("ij,jd->id", ds, k), jnp.einsum("ij,id->jd", ds, q), dv


def log_sum_exp(x):
    return jnp.log(jnp.sum(jnp.exp(x)))


def log_sum_exp_forward(x):
    return log_sum_exp(x), x


def log_sum_exp_backward(x, g):
    return (g * jnp.exp(x),)  # the mistake: not normalised


def residual(x, w):
    return x + jnp.tanh(x @ w)


def residual_forward(x, w):
    u = jnp.tanh(x @ w)
    return x + u, (x, w, u)


def residual_backward(saved, g):
    x, w, u = saved
    dz = g * (1 - u * u)
    return dz @ w.T, x.T @ dz  # the mistake: the skip connection


def lookup(table, ids):
    return table[ids]


def lookup_forward(table, ids):
    return table[ids], (table, ids)


def lookup_backward(saved, g):
    table, ids = saved
    return jnp.zeros_like(table).at[ids].set(g), None  # the mistake: a row is met twice


def running_sum(x):
    return jnp.cumsum(x)


def running_sum_forward(x):
    return jnp.cumsum(x), None


def running_sum_backward(_, g):
    return (jnp.cumsum(g),)  # the mistake: the sum runs the other way


KEEP = np.random.default_rng(1).random((6, 5)) > 0.4


def dropped_loss(W, x):
    return jnp.sum(jnp.tanh(jnp.where(KEEP, x @ W, 0.0) / 0.6) ** 2)


def dropped(W, x):
    u = jnp.tanh(jnp.where(KEEP, x @ W, 0.0) / 0.6)
    dz = 2 * u * (1 - u**2) * KEEP  # the mistake: the scale of what is kept
    return x.T @ dz


def decayed_loss(p, x, y):
    return jnp.mean((x @ p["w"] - y) ** 2) + 0.5 * 0.01 * jnp.sum(p["w"] ** 2)


def decayed(p, x, y):
    err = x @ p["w"] - y
    return {"w": 2 * x.T @ err / y.size}  # the mistake: the penalty


def huber_loss(w, x, y):
    r = x @ w - y
    return jnp.mean(jnp.where(jnp.abs(r) < 1.0, 0.5 * r**2, jnp.abs(r) - 0.5))


def huber(w, x, y):
    r = x @ w - y
    slope = jnp.where(jnp.abs(r) < 1.0, r, 1.0)  # the mistake: the sign of r
    return x.T @ slope / y.size


def deep_loss(Ws, x):
    def layer(h, W):
        return jnp.tanh(h @ W), None

    return jnp.sum(jax.lax.scan(layer, x, Ws)[0] ** 2)


def deep(Ws, x):
    def forward(h, W):
        new = jnp.tanh(h @ W)
        return new, (h, new)

    def backward(g, layer):
        W, h, u = layer
        dz = g * (1 - u**2)
        return dz @ W, h.T @ dz  # the mistake: W is not transposed

    out, (hs, us) = jax.lax.scan(forward, x, Ws)
    return jax.lax.scan(backward, 2 * out, (Ws, hs, us), reverse=True)[1]


def loop_loss(params, x):
    for W, b in params:
        x = jnp.tanh(x @ W + b[None, :])
    return jnp.sum(x**2)


def loop(params, x):
    us = [x]
    for W, b in params:
        us.append(jnp.tanh(us[-1] @ W + b[None, :]))
    delta, grads = 2 * us[-1], []
    for k in reversed(range(len(params))):
        delta = delta * (1 - us[k + 1] ** 2)
        grads.append((us[k].T @ delta, delta.mean(axis=0)))  # the mistake: a mean
        delta = delta @ params[k][0].T
    return grads[::-1]


def gaussian_loss(theta, y):
    z = (y - theta["mean"]) / jnp.exp(theta["log_sigma"])
    return jnp.sum(0.5 * z**2 + theta["log_sigma"])


def gaussian(theta, y):
    sigma = jnp.exp(theta["log_sigma"])
    z = (theta["mean"] - y) / sigma  # the mistake: the other way round
    return {"mean": jnp.sum(-z / sigma), "log_sigma": jnp.sum(1 - z**2)}


def scaled_loss(q, k):
    return jnp.sum(jnp.tanh(q @ k.T / jnp.sqrt(q.shape[1])))


def scaled(q, k):
    scale = 1  # the mistake: a number that nothing is computed with
    ds = 1 - jnp.tanh(q @ k.T * scale) ** 2
    return ds @ k * scale


LAYERS = [(drawn(1, 3, 4), drawn(2, 4)), (drawn(3, 4, 5), drawn(4, 5))]
#    the derivation, how it is checked, the kind
CASES = [
    (rms_norm_backward, (rms_norm, rms_norm_forward, drawn(0, 4, 5)), "missing-term"),
    (unit_backward, (unit, unit_forward, drawn(0, 4, 3)), "missing-term"),
    (batch_norm_backward, (batch_norm, batch_norm_forward, drawn(0, 6, 3)), "missing-term"),
    (
        attention_backward,
        (attention, attention_forward, drawn(0, 4, 3), drawn(1, 5, 3), drawn(2, 5, 2)),
        "missing-term",
    ),
    (log_sum_exp_backward, (log_sum_exp, log_sum_exp_forward, drawn(0, 5)), "missing-factor"),
    (
        residual_backward,
        (residual, residual_forward, drawn(0, 4, 3), drawn(1, 3, 3)),
        "missing-term",
    ),
    (
        lookup_backward,
        (lookup, lookup_forward, drawn(0, 5, 3), jnp.array([0, 2, 2, 1])),
        "missing-term",
    ),
    (running_sum_backward, (running_sum, running_sum_forward, drawn(0, 5)), "missing-transpose"),
    (dropped, (dropped_loss, None, drawn(0, 3, 5), drawn(1, 6, 3)), "wrong-constant-factor"),
    (
        decayed,
        (decayed_loss, None, {"w": drawn(0, 3)}, drawn(1, 7, 3), drawn(2, 7)),
        "missing-term",
    ),
    (
        huber,
        (huber_loss, None, drawn(0, 3), drawn(1, 8, 3), drawn(2, 8)),
        "wrong-activation-derivative",
    ),
    (deep, (deep_loss, None, drawn(0, 3, 4, 4), drawn(1, 5, 4)), "missing-transpose"),
    (loop, (loop_loss, None, LAYERS, drawn(0, 6, 3)), "wrong-reduction"),
    (
        gaussian,
        (gaussian_loss, None, {"mean": drawn(0), "log_sigma": drawn(1)}, drawn(2, 8)),
        "wrong-sign",
    ),
    (scaled, (scaled_loss, None, drawn(0, 4, 3), drawn(1, 5, 3)), "wrong-constant-factor"),
]


@pytest.mark.parametrize(("derivation", "asked", "kind"), CASES, ids=[c[0].__name__ for c in CASES])
def test_it_is_placed_named_and_mended(derivation, asked, kind):
    function, forward, *args = asked
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        if forward is None:
            report = check_gradient(function, derivation, *args)
        else:
            report = check_rule(function, forward, derivation, *args)
    lines, first = inspect.getsourcelines(derivation)
    (line,) = [first + k for k, text in enumerate(lines) if "# the mistake" in text]
    said = report.diagnosis
    assert (said.line, said.kind, said.verified) == (line, kind, True), str(report)
