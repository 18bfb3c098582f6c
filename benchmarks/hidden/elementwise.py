"""Activations and special functions."""

import jax
import jax.numpy as jnp

from benchmarks.hidden.case import Case, draw, positive

X = draw(6)
#: Ordinary numbers, none negative.
P = positive(6)


def gelu(x):
    return 0.5 * x * (1 + jax.scipy.special.erf(x / jnp.sqrt(2.0)))


def gelu_slope(x):
    phi = jnp.exp(-x * x / 2) / jnp.sqrt(2 * jnp.pi)
    return 0.5 * (1 + jax.scipy.special.erf(x / jnp.sqrt(2.0))) + x * phi


def softplus(x, beta):
    return jnp.logaddexp(beta * x, 0.0) / beta


def log1mexp(x):
    return jnp.where(x > 0.693, jnp.log1p(-jnp.exp(-x)), jnp.log(-jnp.expm1(-x)))


def safe_sqrt(x):
    inside = x > 0
    return jnp.where(inside, jnp.sqrt(jnp.where(inside, x, 1.0)), 0.0)


def sinc(x):
    zero = x == 0
    safe = jnp.where(zero, 1.0, x)
    return jnp.where(zero, 1.0, jnp.sin(safe) / safe)


def sinc_slope(x):
    zero = x == 0
    safe = jnp.where(zero, 1.0, x)
    return jnp.where(zero, 0.0, (jnp.cos(safe) - jnp.sin(safe) / safe) / safe)


def celu(x, alpha):
    return jnp.where(x > 0, x, alpha * jnp.expm1(jnp.minimum(x, 0.0) / alpha))


def xlogy(x, y):
    zero = x == 0
    return jnp.where(zero, 0.0, x * jnp.log(jnp.where(zero, 1.0, y)))


def bounded(x, low, high):
    return jnp.clip(x, low, high)


ELEMENTWISE = (
    Case(
        "relu",
        "negative inputs",
        lambda x: jnp.maximum(x, 0),
        lambda g, y, x: (g,),
        lambda g, y, x: (g * (x > 0),),
        (P,),
    ),
    Case(
        "leaky relu, slope read from the output",
        "a negative slope",
        lambda x, a: jnp.where(x > 0, x, a * x),
        lambda g, y, x, a: (g * jnp.where(y > 0, 1.0, a), jnp.sum(g * jnp.where(x > 0, 0.0, x))),
        lambda g, y, x, a: (g * jnp.where(x > 0, 1.0, a), jnp.sum(g * jnp.where(x > 0, 0.0, x))),
        (X, jnp.float32(0.1)),
    ),
    Case(
        "leaky relu, plain slope",
        "a negative slope",
        lambda a, x: jnp.where(x > 0, x, a * x),
        lambda g, y, a, x: (g * jnp.where(y > 0, 1.0, a),),
        lambda g, y, a, x: (g * jnp.where(x > 0, 1.0, a),),
        (0.1, X),
        (0,),
    ),
    Case(
        "prelu with a slope per channel",
        "negative inputs in more than one row",
        lambda x, a: jnp.where(x > 0, x, a[None, :] * x),
        lambda g, y, x, a: (
            g * jnp.where(x > 0, 1.0, a[None, :]),
            jnp.mean(g * jnp.where(x > 0, 0.0, x), axis=0),
        ),
        lambda g, y, x, a: (
            g * jnp.where(x > 0, 1.0, a[None, :]),
            jnp.sum(g * jnp.where(x > 0, 0.0, x), axis=0),
        ),
        (draw(1, 5), positive(5, seed=1)),
    ),
    Case(
        "elu from its output",
        "alpha other than 1",
        lambda x, alpha: jnp.where(x > 0, x, alpha * jnp.expm1(jnp.minimum(x, 0.0))),
        lambda g, y, x, alpha: (g * jnp.where(x > 0, 1.0, y + 1.0), None),
        lambda g, y, x, alpha: (g * jnp.where(x > 0, 1.0, y + alpha), None),
        (X, 1.0),
    ),
    Case(
        "celu",
        "alpha other than 1",
        celu,
        lambda g, y, x, alpha: (g * jnp.where(x > 0, 1.0, jnp.exp(jnp.minimum(x, 0.0))), None),
        lambda g, y, x, alpha: (
            g * jnp.where(x > 0, 1.0, jnp.exp(jnp.minimum(x, 0.0) / alpha)),
            None,
        ),
        (X, 1.0),
    ),
    Case(
        "softplus with beta",
        "beta other than 1",
        softplus,
        lambda g, y, x, beta: (g * jax.nn.sigmoid(x), None),
        lambda g, y, x, beta: (g * jax.nn.sigmoid(beta * x), None),
        (X, 1.0),
    ),
    Case(
        "softplus, exp over one plus exp",
        "large inputs",
        lambda x: jnp.logaddexp(x, 0.0),
        lambda g, y, x: (g * jnp.exp(x) / (1 + jnp.exp(x)),),
        lambda g, y, x: (g / (1 + jnp.exp(-x)),),
        (X,),
    ),
    Case(
        "hardtanh",
        "inputs beyond the knees",
        lambda x: jnp.clip(x, -3.0, 3.0),
        lambda g, y, x: (g,),
        lambda g, y, x: (g * (jnp.abs(x) < 3.0),),
        (X,),
    ),
    Case(
        "relu6",
        "inputs above 6",
        lambda x: jnp.minimum(jnp.maximum(x, 0.0), 6.0),
        lambda g, y, x: (g * (x > 0),),
        lambda g, y, x: (g * ((x > 0) & (x < 6)),),
        (X,),
    ),
    Case(
        "hard swish",
        "inputs below -3",
        lambda x: x * jnp.clip(x + 3, 0.0, 6.0) / 6,
        lambda g, y, x: (g * jnp.where(x > 3, 1.0, (2 * x + 3) / 6),),
        lambda g, y, x: (g * jnp.where(x > 3, 1.0, jnp.where(x < -3, 0.0, (2 * x + 3) / 6)),),
        (X,),
    ),
    Case(
        "clip to bounds that are arguments",
        "values outside the bounds",
        bounded,
        lambda g, y, x, low, high: (
            g * ((x > low) & (x < high)),
            jnp.zeros_like(low),
            jnp.zeros_like(high),
        ),
        lambda g, y, x, low, high: (
            g * ((x > low) & (x < high)),
            jnp.sum(g * (x < low)),
            jnp.sum(g * (x > high)),
        ),
        (X, jnp.float32(-4.0), jnp.float32(4.0)),
    ),
    Case(
        "gelu, slope saturated too early",
        "inputs beyond 2.5",
        gelu,
        lambda g, y, x: (g * jnp.where(x > 2.5, 1.0, gelu_slope(x)),),
        lambda g, y, x: (g * gelu_slope(x),),
        (X,),
    ),
    Case(
        "swish",
        "beta other than 1",
        lambda x, beta: x * jax.nn.sigmoid(beta * x),
        lambda g, y, x, beta: (g * (y + jax.nn.sigmoid(x) * (1 - y)), None),
        lambda g, y, x, beta: (g * (beta * y + jax.nn.sigmoid(beta * x) * (1 - beta * y)), None),
        (X, 1.0),
    ),
    Case(
        "log(1 - exp(-x)), one branch",
        "small inputs",
        log1mexp,
        lambda g, y, x: (g * jnp.where(x > 0.693, 1 / jnp.expm1(x), 1 / x),),
        lambda g, y, x: (g / jnp.expm1(x),),
        (1.0 + P,),
    ),
    Case(
        "safe square root",
        "zero",
        safe_sqrt,
        lambda g, y, x: (g * 0.5 / y,),
        lambda g, y, x: (jnp.where(x > 0, g * 0.5 / jnp.where(x > 0, y, 1.0), 0.0),),
        (P,),
    ),
    Case(
        "sinc",
        "zero",
        sinc,
        lambda g, y, x: (g * (jnp.cos(x) - jnp.sin(x) / x) / x,),
        lambda g, y, x: (g * sinc_slope(x),),
        (X,),
    ),
    Case(
        "power",
        "a base of zero",
        lambda x, p: x**p,
        lambda g, y, x, p: (g * p * y / x, jnp.sum(g * y * jnp.log(jnp.where(x > 0, x, 1.0)))),
        lambda g, y, x, p: (
            g * p * x ** (p - 1),
            jnp.sum(g * y * jnp.log(jnp.where(x > 0, x, 1.0))),
        ),
        (P, jnp.float32(2.0)),
    ),
    Case(
        "x log y",
        "x of zero",
        xlogy,
        lambda g, y, a, b: (g * jnp.log(b), g * y / (b * jnp.log(b))),
        lambda g, y, a, b: (g * jnp.where(a == 0, 0.0, jnp.log(b)), g * a / b),
        (P, 1.1 + positive(6, seed=2)),
    ),
    Case(
        "x |x|",
        "negative inputs",
        lambda x: x * jnp.abs(x),
        lambda g, y, x: (g * 2 * x,),
        lambda g, y, x: (g * 2 * jnp.abs(x),),
        (P,),
    ),
    Case(
        "atan2 as atan of the quotient",
        "the left half plane",
        jnp.arctan2,
        lambda g, out, y, x: (g * x / (x * x + y * y), -g * jnp.abs(y) / (x * x + y * y)),
        lambda g, out, y, x: (g * x / (x * x + y * y), -g * y / (x * x + y * y)),
        (P, positive(6, seed=3)),
    ),
    Case(
        "tanh, upstream gradient ignored where saturated",
        "inputs beyond 4",
        jnp.tanh,
        lambda g, y, x: (jnp.where(jnp.abs(x) > 4, 1 - y * y, g * (1 - y * y)),),
        lambda g, y, x: (g * (1 - y * y),),
        (X,),
    ),
    Case(
        "log cosh",
        "large inputs",
        lambda x: jnp.logaddexp(x, -x) - jnp.log(2.0),
        lambda g, y, x: (g * jnp.sinh(x) / jnp.cosh(x),),
        lambda g, y, x: (g * jnp.tanh(x),),
        (X,),
    ),
    Case(
        "soft threshold",
        "inputs below the lower knee",
        lambda x: jnp.sign(x) * jnp.maximum(jnp.abs(x) - 0.5, 0.0),
        lambda g, y, x: (g * (x > 0.5),),
        lambda g, y, x: (g * (jnp.abs(x) > 0.5),),
        (P,),
    ),
    Case(
        "cube root",
        "negative inputs",
        lambda x: jnp.sign(x) * jnp.abs(x) ** (1 / 3),
        lambda g, y, x: (g / (3 * y * jnp.abs(y)),),
        lambda g, y, x: (g / (3 * y * y),),
        (P,),
    ),
)
