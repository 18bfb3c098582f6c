"""Mistakes whose mending brings in several variables: found by what the line should come to."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from compare import check_gradient
from tests.compare.repair.derivation import changed, module

GRU = """
import jax
import jax.numpy as jnp


def cell(w, h, x):
    z = jax.nn.sigmoid(x @ w["xz"] + h @ w["hz"])
    r = jax.nn.sigmoid(x @ w["xr"] + h @ w["hr"])
    n = jnp.tanh(x @ w["xn"] + (r * h) @ w["hn"])
    return (1 - z) * n + z * h, (z, r, n)


def loss(w, h, xs):
    for x in xs:
        h, _ = cell(w, h, x)
    return 0.5 * jnp.sum(h**2)


def gradient(w, h, xs):
    saved = []
    for x in xs:
        new, gates = cell(w, h, x)
        saved.append((h, x, gates))
        h = new
    g = {k: jnp.zeros_like(v) for k, v in w.items()}
    dh = h
    while saved:
        h, x, (z, r, n) = saved.pop()
        dz = dh * (h - n) * z * (1 - z)
        dn = dh * (1 - z) * (1 - n * n)
        drh = dn @ w["hn"].T
        dr = drh * h * r * (1 - r)
        g["xz"] += x.T @ dz
        g["hz"] += h.T @ dz
        g["xr"] += x.T @ dr
        g["hr"] += h.T @ dr
        g["xn"] += x.T @ dn
        g["hn"] += (r * h).T @ dn
        dh = dh * z + drh * r + dz @ w["hz"].T + dr @ w["hr"].T
    return g
"""
CONTRASTIVE = """
import jax
import jax.numpy as jnp


def loss(W, a, b, temperature):
    s = (a @ W) @ (b @ W).T / temperature
    return -jnp.mean(jnp.diag(jax.nn.log_softmax(s)))


def gradient(W, a, b, temperature):
    n = len(a)
    u = jnp.dot(a, W)
    v = jnp.dot(b, W)
    s = jnp.dot(u, v.T) / temperature
    e = jnp.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    ds = (p - jnp.eye(n)) / n
    du = jnp.dot(ds, v) / temperature
    dv = jnp.dot(ds.T, u) / temperature
    return jnp.dot(a.T, du) + jnp.dot(b.T, dv)
"""


def _gru():
    rng = np.random.default_rng(3)
    shapes = {f"{a}{g}": (2 if a == "x" else 3, 3) for g in "zrn" for a in "xh"}
    w = {k: jnp.asarray(rng.normal(size=s), jnp.float32) for k, s in shapes.items()}
    return w, *(jnp.asarray(rng.normal(size=s), jnp.float32) for s in ((4, 3), (3, 4, 2)))


def _contrastive():
    rng = np.random.default_rng(3)
    shapes = ((4, 3), (5, 4), (5, 4))
    return *(jnp.asarray(rng.normal(size=s), jnp.float32) for s in shapes), jnp.float32(0.7)


#   which   what stands there, and what should
CASES = [
    (GRU, "+ drh * r +", "+", "missing-term"),
    (GRU, 'g["hr"] += h.T @ dr', 'g["hr"] = h.T @ dr', "missing-term"),
    (CONTRASTIVE, "e.sum(axis=1, keepdims=True)", "e.sum()", "wrong-reduction"),
    (CONTRASTIVE, " + jnp.dot(b.T, dv)", "", "missing-term"),
    (CONTRASTIVE, "jnp.dot(ds.T, u)", "jnp.dot(ds, u)", "missing-transpose"),
]


@pytest.mark.parametrize(("right", "old", "new", "kind"), CASES)
def test_line_kind_and_a_verified_edit(tmp_path, right, old, new, kind):
    source, line = changed(old, new, right)
    found = module(tmp_path, source)
    arguments = _gru() if right is GRU else _contrastive()
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        report = check_gradient(found.loss, found.gradient, *arguments)
    said = report.diagnosis
    assert (said.line, said.kind, said.verified) == (line, kind, True), str(report)


def test_no_time_is_no_edit(tmp_path):
    source, _ = changed("+ drh * r +", "+", GRU)
    found = module(tmp_path, source)
    report = check_gradient(found.loss, found.gradient, *_gru(), budget=0.0)
    assert not report.agrees
    assert report.diagnosis.edit == ""


def test_many_rows_under_vmap_are_no_obstacle(tmp_path):
    source = """
import jax
import jax.numpy as jnp


def loss(w, x, y):
    return 0.5 * jnp.sum((x @ w - y) ** 2)


def gradient(w, x, y):
    def one(row, target):
        return (row @ w + target) * row

    return jax.vmap(one)(x, y).sum(axis=0)
"""
    found = module(tmp_path, source)
    rng = np.random.default_rng(0)
    shapes = ((3,), (300, 3), (300,))
    args = [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in shapes]
    report = check_gradient(found.loss, found.gradient, *args, vary=False, budget=2.0)
    assert not report.agrees
    assert report.diagnosis.line in (12, 14)


CHAIN = """
import jax
import jax.numpy as jnp
from jax.scipy.special import logsumexp


def loss(unary, trans):
    def step(alpha, u):
        return logsumexp(alpha[:, None] + trans, axis=0) + u, None

    last, _ = jax.lax.scan(step, unary[0], unary[1:])
    return logsumexp(last)


def gradient(unary, trans):
    def forward(alpha, u):
        new = logsumexp(alpha[:, None] + trans, axis=0) + u
        return new, new

    def backward(beta, u):
        return logsumexp(trans + (u + beta)[None, :], axis=1), beta

    last, alphas = jax.lax.scan(forward, unary[0], unary[1:])
    alphas = jnp.concatenate([unary[:1], alphas])
    _, betas = jax.lax.scan(backward, jnp.zeros_like(last), unary[1:], reverse=True)
    after = (unary[1:] + betas)[:, None, :] - logsumexp(last)
    return jnp.exp(alphas[:-1, :, None] + trans[None] + after).sum(0)
"""


def test_recursion_of_two_scans(tmp_path):
    source, line = changed("alphas[:-1, :, None]", "alphas[1:, :, None]", CHAIN)
    found = module(tmp_path, source)
    rng = np.random.default_rng(0)
    args = [jnp.asarray(rng.normal(size=shape), jnp.float32) for shape in ((5, 3), (3, 3))]
    with jax.numpy_rank_promotion("allow"):
        report = check_gradient(found.loss, found.gradient, *args, argnums=1, budget=60.0)
    said = report.diagnosis
    assert (said.line, said.kind, said.verified) == (line, "index-axis", True), str(report)
