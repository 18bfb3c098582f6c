"""Norms and normalizations."""

import jax
import jax.numpy as jnp

from benchmarks.hidden.case import Case, draw, positive

X = draw(4, 5)
ONES, ZEROS = jnp.ones(5, jnp.float32), jnp.zeros(5, jnp.float32)


def safe_norm(x):
    total = jnp.sum(x * x)
    return jnp.where(total > 0, jnp.sqrt(jnp.where(total > 0, total, 1.0)), 0.0)


def normalized(x):
    return x / jnp.sqrt(jnp.sum(x * x, axis=-1, keepdims=True) + 1e-6)


def normalized_back(g, y, x):
    length = jnp.sqrt(jnp.sum(x * x, axis=-1, keepdims=True) + 1e-6)
    return (g - y * jnp.sum(g * y, axis=-1, keepdims=True)) / length


def standard(x, axis=-1):
    centred = x - x.mean(axis=axis, keepdims=True)
    return centred / jnp.sqrt(jnp.mean(centred**2, axis=axis, keepdims=True) + 1e-5)


def standard_back(g, x, axis=-1):
    deviation = jnp.sqrt(x.var(axis=axis, keepdims=True) + 1e-5)
    unit = standard(x, axis)
    return (
        g - g.mean(axis=axis, keepdims=True) - unit * jnp.mean(g * unit, axis=axis, keepdims=True)
    ) / deviation


def layer_norm(x, scale, shift):
    return standard(x) * scale[None, :] + shift[None, :]


def layer_norm_wrong(g, y, x, scale, shift):
    unit = standard(x)
    return standard_back(g, x), jnp.sum(g * unit, axis=0), g.sum(axis=0)


def layer_norm_wrong_scale(g, y, x, scale, shift):
    unit = y - shift[None, :]  # forgets that the output was scaled
    return standard_back(g * scale[None, :], x), jnp.sum(g * unit, axis=0), g.sum(axis=0)


def layer_norm_right(g, y, x, scale, shift):
    unit = standard(x)
    return standard_back(g * scale[None, :], x), jnp.sum(g * unit, axis=0), g.sum(axis=0)


def rms_norm(x, scale):
    return x / jnp.sqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-5) * scale[None, :]


def rms_back(g, x, scale, inner):
    root = jnp.sqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-5)
    unit = x / root
    h = g * scale[None, :]
    dx = (h - unit * jnp.mean((h if inner else g) * unit, axis=-1, keepdims=True)) / root
    return dx, jnp.sum(g * unit, axis=0)


def batch_norm(x, scale):
    return standard(x, 0) * scale[None, :]


def group_norm(x, scale):
    groups = x.reshape(x.shape[0], 2, -1)
    return standard(groups).reshape(x.shape) * scale[None, :]


def group_norm_back(g, x, scale, scaled):
    h = (g * scale[None, :] if scaled else g).reshape(x.shape[0], 2, -1)
    groups = x.reshape(x.shape[0], 2, -1)
    unit = standard(groups).reshape(x.shape)
    return standard_back(h, groups).reshape(x.shape), jnp.sum(g * unit, axis=0)


def deviation(x):
    return jnp.sqrt(jnp.var(x) + 1e-12)


def largest(x):
    return jnp.max(x, axis=-1)


def first_largest(g, x):
    hot = jnp.argmax(x, axis=-1)[:, None] == jnp.arange(x.shape[-1])[None, :]
    return g[:, None] * hot


NORMS = (
    Case(
        "norm",
        "the zero vector",
        safe_norm,
        lambda g, y, x: (g * x / y,),
        lambda g, y, x: (g * x / jnp.where(y > 0, y, 1.0),),
        (draw(5),),
    ),
    Case(
        "normalized rows",
        "rows that are not of length one",
        normalized,
        lambda g, y, x: (g - y * jnp.sum(g * y, axis=-1, keepdims=True),),
        lambda g, y, x: (normalized_back(g, y, x),),
        (X / jnp.sqrt(jnp.sum(X * X, axis=-1, keepdims=True) + 1e-6),),
    ),
    Case(
        "layer norm, scale left out",
        "a scale other than 1",
        layer_norm,
        layer_norm_wrong,
        layer_norm_right,
        (X, ONES, ZEROS),
    ),
    Case(
        "layer norm, saved value scaled",
        "a scale other than 1",
        layer_norm,
        layer_norm_wrong_scale,
        layer_norm_right,
        (X, ONES, ZEROS),
    ),
    Case(
        "rms norm",
        "a scale other than 1",
        rms_norm,
        lambda g, y, x, scale: rms_back(g, x, scale, inner=False),
        lambda g, y, x, scale: rms_back(g, x, scale, inner=True),
        (X, ONES),
    ),
    Case(
        "batch norm",
        "a scale other than 1",
        batch_norm,
        lambda g, y, x, scale: (standard_back(g, x, 0), jnp.sum(g * standard(x, 0), axis=0)),
        lambda g, y, x, scale: (
            standard_back(g * scale[None, :], x, 0),
            jnp.sum(g * standard(x, 0), axis=0),
        ),
        (X, ONES),
    ),
    Case(
        "group norm",
        "a scale other than 1",
        group_norm,
        lambda g, y, x, scale: group_norm_back(g, x, scale, scaled=False),
        lambda g, y, x, scale: group_norm_back(g, x, scale, scaled=True),
        (draw(3, 6), jnp.ones(6, jnp.float32)),
    ),
    Case(
        "p-norm to the p",
        "negative inputs",
        lambda x: jnp.sum(jnp.abs(x) ** 3),
        lambda g, y, x: (g * 3 * x**2,),
        lambda g, y, x: (g * 3 * x * jnp.abs(x),),
        (positive(5),),
    ),
    Case(
        "largest of a row, all equal to it",
        "ties",
        largest,
        lambda g, y, x: (3.0 * g[:, None] * (x == y[:, None]) - 2.0 * first_largest(g, x),),
        lambda g, y, x: (first_largest(g, x),),
        (X,),
    ),
    Case(
        "log sum exp, not shifted",
        "large inputs",
        lambda x: jax.scipy.special.logsumexp(x, axis=-1),
        lambda g, y, x: (g[:, None] * jnp.exp(x) / jnp.exp(x).sum(axis=-1, keepdims=True),),
        lambda g, y, x: (g[:, None] * jnp.exp(x - y[:, None]),),
        (X,),
    ),
    Case(
        "affine map of one row",
        "more than one row",
        lambda x, w, b: x @ w + b[None, :],
        lambda g, y, x, w, b: (g @ w.T, x.T @ g, g.mean(axis=0)),
        lambda g, y, x, w, b: (g @ w.T, x.T @ g, g.sum(axis=0)),
        (draw(1, 3), draw(3, 2), draw(2)),
    ),
    Case(
        "broadcast bias",
        "more than one row",
        lambda x, b: jnp.tanh(x + b[None, :]),
        lambda g, y, x, b: (g * (1 - y * y), (g * (1 - y * y))[0]),
        lambda g, y, x, b: (g * (1 - y * y), (g * (1 - y * y)).sum(axis=0)),
        (draw(1, 4), draw(4)),
    ),
    Case(
        "standard deviation, sign lost",
        "negative scale",
        lambda x, s: x * s,
        lambda g, y, x, s: (g * jnp.abs(s), jnp.sum(g * x)),
        lambda g, y, x, s: (g * s, jnp.sum(g * x)),
        (draw(5), jnp.float32(1.0)),
    ),
)
