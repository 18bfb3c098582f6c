"""Losses of predictions and targets."""

import jax
import jax.numpy as jnp

from benchmarks.hidden.case import Case, draw, positive

Z = draw(4, 3)
LABELS = jnp.array([0, 2, 1, 2])
HOT = jax.nn.one_hot(LABELS, 3, dtype=jnp.float32)
R = draw(6, seed=5)
NEAR = 0.3 * jnp.tanh(R)
EVERY = jnp.ones(6, bool)


def huber(r, d):
    return jnp.sum(jnp.where(jnp.abs(r) <= d, 0.5 * r * r, d * (jnp.abs(r) - 0.5 * d)))


def pinball(d, r):
    return jnp.sum(jnp.maximum(d * r, (d - 1) * r))


def cross_entropy(z, t):
    return -jnp.sum(t * jax.nn.log_softmax(z, axis=-1), axis=-1)


def weighted(w, z):
    return jnp.sum(w * cross_entropy(z, HOT)) / jnp.sum(w)


def softmax_gap(z):
    return jax.nn.softmax(z, axis=-1) - HOT


def focal(gamma, z):
    p = jax.nn.sigmoid(z)
    return jnp.sum(-((1 - p) ** gamma) * jax.nn.log_sigmoid(z))


def focal_back(g, gamma, z, full):
    p = jax.nn.sigmoid(z)
    logp = jax.nn.log_sigmoid(z)
    first = gamma * (1 - p) ** gamma * p * logp if full else 2 * (1 - p) ** gamma * p * logp
    return g * (first - (1 - p) ** (gamma + 1))


def smoothed(eps, z):
    t = (1 - eps) * HOT + eps / 3
    return jnp.sum(cross_entropy(z, t))


def dice(p, t):
    return 1 - (2 * jnp.sum(p * t) + 1) / (jnp.sum(p) + jnp.sum(t) + 1)


def masked_mean(mask, x):
    return jnp.sum(jnp.where(mask, x * x, 0.0)) / jnp.maximum(jnp.sum(mask), 1)


def masked_softmax(mask, z):
    return jax.nn.softmax(jnp.where(mask, z, -1e9), axis=-1)


def softmax_back(g, p):
    return p * (g - jnp.sum(g * p, axis=-1, keepdims=True))


def kl(p, q):
    return jnp.sum(jnp.where(p > 0, p * jnp.log(jnp.where(p > 0, p, 1.0) / q), 0.0))


def hinge(z, y):
    return jnp.sum(jnp.maximum(0.0, 1 - y * z))


def gaussian(mu, log_sigma, x):
    return jnp.sum(0.5 * ((x - mu) / jnp.exp(log_sigma)) ** 2 + log_sigma)


def by_length(lengths, x):
    inside = jnp.arange(x.shape[1])[None, :] < lengths[:, None]
    return jnp.sum(jnp.where(inside, x * x, 0.0))


LOSSES = (
    Case(
        "huber",
        "residuals beyond delta",
        lambda r: huber(r, 1.0),
        lambda g, y, r: (g * r,),
        lambda g, y, r: (g * jnp.clip(r, -1.0, 1.0),),
        (NEAR,),
    ),
    Case(
        "huber, delta given",
        "delta other than 1",
        lambda d, r: huber(r, d),
        lambda g, y, d, r: (g * jnp.where(jnp.abs(r) <= d, r, jnp.sign(r)),),
        lambda g, y, d, r: (g * jnp.clip(r, -d, d),),
        (1.0, 3 * R),
        (0,),
    ),
    Case(
        "huber, negative side",
        "residuals below -delta",
        lambda r: huber(r, 0.5),
        lambda g, y, r: (g * jnp.minimum(r, 0.5),),
        lambda g, y, r: (g * jnp.clip(r, -0.5, 0.5),),
        (jnp.abs(R),),
    ),
    Case(
        "pinball",
        "a quantile other than the median",
        pinball,
        lambda g, y, d, r: (g * d * jnp.sign(r),),
        lambda g, y, d, r: (g * jnp.where(r > 0, d, d - 1),),
        (0.5, R),
        (0,),
    ),
    Case(
        "pinball, negative residuals",
        "negative residuals",
        lambda r: jnp.sum(jnp.maximum(0.3 * r, -0.7 * r)),
        lambda g, y, r: (g * 0.3 * jnp.ones_like(r),),
        lambda g, y, r: (g * jnp.where(r > 0, 0.3, -0.7),),
        (jnp.abs(R),),
    ),
    Case(
        "weighted cross-entropy",
        "weights other than 1",
        weighted,
        lambda g, y, w, z: (g * w[:, None] * softmax_gap(z) / z.shape[0],),
        lambda g, y, w, z: (g * w[:, None] * softmax_gap(z) / jnp.sum(w),),
        (jnp.ones(4, jnp.float32), Z),
        (0,),
    ),
    Case(
        "focal loss",
        "gamma other than 2",
        focal,
        lambda g, y, gamma, z: (focal_back(g, gamma, z, full=False),),
        lambda g, y, gamma, z: (focal_back(g, gamma, z, full=True),),
        (2.0, R),
        (0,),
    ),
    Case(
        "label smoothing",
        "smoothing other than 0",
        smoothed,
        lambda g, y, eps, z: (g * softmax_gap(z),),
        lambda g, y, eps, z: (g * (jax.nn.softmax(z, axis=-1) - (1 - eps) * HOT - eps / 3),),
        (0.0, Z),
        (0,),
    ),
    Case(
        "masked mean of squares",
        "a mask partly false",
        masked_mean,
        lambda g, y, mask, x: (None, g * 2 * x / x.size),
        lambda g, y, mask, x: (
            None,
            g * 2 * jnp.where(mask, x, 0.0) / jnp.maximum(jnp.sum(mask), 1),
        ),
        (EVERY, R),
    ),
    Case(
        "masked softmax",
        "a row that is masked out",
        lambda mask, z: jnp.where(mask.any(axis=-1, keepdims=True), masked_softmax(mask, z), 0.0),
        lambda g, p, mask, z: (
            None,
            softmax_back(g, jax.nn.softmax(jnp.where(mask, z, -jnp.inf), axis=-1)),
        ),
        lambda g, p, mask, z: (None, softmax_back(g, p)),
        (jnp.ones((4, 3), bool), Z),
    ),
    Case(
        "masked scores",
        "a mask partly false",
        lambda mask, z: jax.nn.logsumexp(jnp.where(mask, z, -1e9), axis=-1),
        lambda g, y, mask, z: (None, g[:, None] * jax.nn.softmax(z, axis=-1)),
        lambda g, y, mask, z: (
            None,
            g[:, None] * jax.nn.softmax(jnp.where(mask, z, -1e9), axis=-1),
        ),
        (jnp.ones((4, 3), bool), Z),
    ),
    Case(
        "squares up to a length",
        "sequences shorter than the longest",
        by_length,
        lambda g, y, lengths, x: (None, g * 2 * x),
        lambda g, y, lengths, x: (
            None,
            g * 2 * x * (jnp.arange(x.shape[1])[None, :] < lengths[:, None]),
        ),
        (jnp.array([5, 5, 5]), draw(3, 5)),
    ),
    Case(
        "dice",
        "totals other than the number of elements",
        dice,
        lambda g, y, p, t: (
            -g
            * (2 * t * (jnp.sum(p) + t.size + 1) - (2 * jnp.sum(p * t) + 1))
            / (jnp.sum(p) + t.size + 1) ** 2,
            -g
            * (2 * p * (jnp.sum(p) + jnp.sum(t) + 1) - (2 * jnp.sum(p * t) + 1))
            / (jnp.sum(p) + jnp.sum(t) + 1) ** 2,
        ),
        lambda g, y, p, t: (
            -g
            * (2 * t * (jnp.sum(p) + jnp.sum(t) + 1) - (2 * jnp.sum(p * t) + 1))
            / (jnp.sum(p) + jnp.sum(t) + 1) ** 2,
            -g
            * (2 * p * (jnp.sum(p) + jnp.sum(t) + 1) - (2 * jnp.sum(p * t) + 1))
            / (jnp.sum(p) + jnp.sum(t) + 1) ** 2,
        ),
        (positive(6), jnp.ones(6, jnp.float32)),
    ),
    Case(
        "divergence",
        "a probability of zero",
        kl,
        lambda g, y, p, q: (g * jnp.where(q > 0, jnp.log(p / q) + 1, 0.0), -g * p / q),
        lambda g, y, p, q: (
            g * jnp.where(p > 0, jnp.log(jnp.where(p > 0, p, 1.0) / q) + 1, 0.0),
            -g * p / q,
        ),
        (jax.nn.softmax(R), jax.nn.softmax(draw(6, seed=8))),
    ),
    Case(
        "hinge",
        "margins that are kept",
        lambda z: hinge(z, jnp.array([1.0, -1.0, 1.0])),
        lambda g, y, z: (-g * jnp.array([1.0, -1.0, 1.0]),),
        lambda g, y, z: (-g * jnp.array([1.0, -1.0, 1.0]) * (jnp.array([1.0, -1.0, 1.0]) * z < 1),),
        (jnp.array([0.3, -0.2, 0.5]),),
    ),
    Case(
        "gaussian log-likelihood",
        "a log scale other than 0",
        gaussian,
        lambda g, y, mu, s, x: (
            g * jnp.sum(mu - x) / jnp.exp(s),
            g * jnp.sum(1 - ((x - mu) / jnp.exp(s)) ** 2),
            g * (x - mu) / jnp.exp(2 * s),
        ),
        lambda g, y, mu, s, x: (
            g * jnp.sum(mu - x) / jnp.exp(2 * s),
            g * jnp.sum(1 - ((x - mu) / jnp.exp(s)) ** 2),
            g * (x - mu) / jnp.exp(2 * s),
        ),
        (jnp.float32(0.2), jnp.float32(0.0), R),
    ),
    Case(
        "mean square error",
        "a batch above one",
        lambda z, t: jnp.mean(jnp.sum((z - t) ** 2, axis=-1)),
        lambda g, y, z, t: (2 * g * (z - t), -2 * g * (z - t)),
        lambda g, y, z, t: (2 * g * (z - t) / z.shape[0], -2 * g * (z - t) / z.shape[0]),
        (draw(1, 3), draw(1, 3, seed=4)),
    ),
)
