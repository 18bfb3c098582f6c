"""Gathers, sums over segments, rotations, and rules about the upstream gradient."""

import jax
import jax.numpy as jnp

from benchmarks.hidden.case import Case, draw, positive

TABLE = draw(5, 3)


def one(function):
    """Return a function without the keywords of its own, which custom_vjp would pass on."""

    def plain(x):
        return function(x)

    return plain


def rotate(angle, x):
    c, s = jnp.cos(angle), jnp.sin(angle)
    return jnp.stack([c * x[0] - s * x[1], s * x[0] + c * x[1]])


def linear_scan(a, x):
    """y_t = a y_(t-1) + x_t."""

    def step(carry, row):
        new = a * carry + row
        return new, new

    return jax.lax.scan(step, jnp.zeros_like(x[0]), x)[1]


def scan_back(a, g):
    def step(carry, row):
        new = a * carry + row
        return new, new

    return jax.lax.scan(step, jnp.zeros_like(g[0]), g, reverse=True)[1]


def branch(x, y):
    return jax.lax.cond(jnp.sum(x) > 0, lambda: x * y, lambda: x * x)


def attention(scale, q, k):
    return jax.nn.softmax(scale * (q @ k.T), axis=-1)


def attention_back(g, p, scale, q, k, scaled):
    h = p * (g - jnp.sum(g * p, axis=-1, keepdims=True))
    h = scale * h if scaled else h
    return h @ k, h.T @ q


def dropped(rate, x):
    keep = jnp.array([1.0, 0.0, 1.0, 1.0, 0.0])
    return jnp.where(keep > 0, x / (1 - rate), 0.0)


def top_two(x):
    return jax.lax.top_k(x, 2)[0]


MOVING = (
    Case(
        "gather",
        "an index that occurs twice",
        lambda index, table: table[index],
        lambda g, y, index, table: (None, jnp.zeros_like(table).at[index].set(g)),
        lambda g, y, index, table: (None, jnp.zeros_like(table).at[index].add(g)),
        (jnp.array([3, 0, 4]), TABLE),
    ),
    Case(
        "segment sum",
        "segments out of the order 0, 1, 2",
        lambda ids, x: jax.ops.segment_sum(x, ids, num_segments=3),
        lambda g, y, ids, x: (None, jnp.repeat(g, 2, axis=0, total_repeat_length=x.shape[0])),
        lambda g, y, ids, x: (None, g[ids]),
        (jnp.array([0, 0, 1, 1, 2, 2]), draw(6, 2)),
    ),
    Case(
        "two largest",
        "largest that come later",
        top_two,
        lambda g, y, x: (jnp.zeros_like(x).at[jnp.arange(2)].add(g),),
        lambda g, y, x: (jnp.zeros_like(x).at[jax.lax.top_k(x, 2)[1]].add(g),),
        (jnp.array([0.9, 0.5, 0.2, -0.3]),),
    ),
    Case(
        "sort",
        "unsorted input",
        one(jnp.sort),
        lambda g, y, x: (g,),
        lambda g, y, x: (g[jnp.argsort(jnp.argsort(x))],),
        (jnp.array([-0.5, 0.7]),),
    ),
    Case(
        "maximum of two",
        "second above first",
        jnp.maximum,
        lambda g, out, x, y: (g, jnp.zeros_like(y)),
        lambda g, out, x, y: (g * (x > y), g * (y >= x)),
        (2 + draw(4), draw(4, seed=3) - 2),
    ),
    Case(
        "rotation",
        "an angle other than 0",
        rotate,
        lambda g, y, angle, x: (g[1] * x[0] - g[0] * x[1], rotate(angle, g)),
        lambda g, y, angle, x: (g[1] * y[0] - g[0] * y[1], rotate(-angle, g)),
        (jnp.float32(0.0), draw(2)),
    ),
    Case(
        "scaled attention weights",
        "a scale other than 1",
        attention,
        lambda g, p, scale, q, k: attention_back(g, p, scale, q, k, scaled=False),
        lambda g, p, scale, q, k: attention_back(g, p, scale, q, k, scaled=True),
        (1.0, draw(3, 4), draw(3, 4, seed=2)),
        (0,),
    ),
    Case(
        "dropout",
        "a rate other than 0",
        dropped,
        lambda g, y, rate, x: (g * jnp.array([1.0, 0.0, 1.0, 1.0, 0.0]),),
        lambda g, y, rate, x: (g * jnp.array([1.0, 0.0, 1.0, 1.0, 0.0]) / (1 - rate),),
        (0.0, draw(5)),
        (0,),
    ),
    Case(
        "linear recurrence",
        "a decay other than 1",
        linear_scan,
        lambda g, y, a, x: (
            jnp.sum(scan_back(jnp.ones_like(a), g)[1:] * y[:-1]),
            scan_back(jnp.ones_like(a), g),
        ),
        lambda g, y, a, x: (jnp.sum(scan_back(a, g)[1:] * y[:-1]), scan_back(a, g)),
        (jnp.float32(1.0), draw(4, 2)),
    ),
    Case(
        "two branches",
        "the other branch",
        branch,
        lambda g, out, x, y: (g * y, g * x),
        lambda g, out, x, y: (
            jnp.where(jnp.sum(x) > 0, g * y, 2 * g * x),
            jnp.where(jnp.sum(x) > 0, g * x, 0.0),
        ),
        (positive(3), draw(3, seed=6)),
    ),
    Case(
        "gradient clipped though the forward is plain",
        "a large upstream gradient",
        jnp.sin,
        lambda g, y, x: (jnp.clip(g * jnp.cos(x), -100.0, 100.0),),
        lambda g, y, x: (g * jnp.cos(x),),
        (draw(4),),
    ),
    Case(
        "product of all",
        "a factor of zero",
        one(jnp.prod),
        lambda g, y, x: (g * y / x,),
        lambda g, y, x: (
            g * jnp.prod(jnp.where(jnp.eye(x.size, dtype=bool), 1.0, x[None, :]), axis=1),
        ),
        (draw(4),),
    ),
    Case(
        "cumulative product",
        "a factor of zero",
        one(jnp.cumprod),
        lambda g, y, x: (jnp.cumsum((g * y)[::-1])[::-1] / x,),
        lambda g, y, x: (jax.vjp(jnp.cumprod, x)[1](g)[0],),
        (draw(4),),
    ),
    Case(
        "distance of two points",
        "equal points",
        lambda x, y: jnp.sqrt(jnp.sum((x - y) ** 2) + 1e-12) - 1e-6,
        lambda g, d, x, y: (
            g * (x - y) / jnp.sqrt(jnp.sum((x - y) ** 2)),
            -g * (x - y) / jnp.sqrt(jnp.sum((x - y) ** 2)),
        ),
        lambda g, d, x, y: (g * (x - y) / (d + 1e-6), -g * (x - y) / (d + 1e-6)),
        (draw(3), draw(3, seed=9)),
    ),
    Case(
        "quadratic form",
        "a matrix that is not symmetric",
        lambda x, a: x @ a @ x,
        lambda g, y, x, a: (2 * g * a @ x, g * jnp.outer(x, x)),
        lambda g, y, x, a: (g * (a @ x + a.T @ x), g * jnp.outer(x, x)),
        (draw(3), jnp.ones((3, 3), jnp.float32)),
    ),
)
