"""The rules that JAX carries itself: activations, special functions, numpy, linear algebra."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp

from benchmarks.libraries.case import MIXED, POSITIVE, ROWS, SHARE, SQUARE, Case, sweep


def nn() -> Iterator[Case]:
    """Yield activations, normalizers, losses."""
    yield from sweep(jax.nn, "jax.nn", skip=("initializers", "dot_product_attention"))
    yield Case("jax.nn.softmax where", lambda x: jax.nn.softmax(x, where=x > 0), (ROWS,))
    with jax.softmax_custom_jvp(True) if hasattr(jax, "softmax_custom_jvp") else _nothing():
        yield Case("jax.nn.softmax", jax.nn.softmax, (jnp.asarray(ROWS),))


def special() -> Iterator[Case]:
    """Yield special functions; those with an order or a parameter of another kind by hand."""
    from jax.scipy import special as s

    yield from sweep(s, "jax.scipy.special")
    x, z = jnp.asarray(POSITIVE), jnp.asarray(MIXED)
    yield Case("jax.scipy.special.multigammaln", lambda a: s.multigammaln(a + 2, 2), (x,))
    yield Case("jax.scipy.special.polygamma", lambda a: s.polygamma(1, a), (x,))
    yield Case("jax.scipy.special.zeta", lambda a: s.zeta(a + 1.5, a), (x,))
    yield Case("jax.scipy.special.hyp1f1", lambda a: s.hyp1f1(1.2, 2.3, a), (z,))
    yield Case(
        "jax.scipy.special.hyp2f1", lambda a: s.hyp2f1(1.2, 0.4, 2.3, a), (jnp.asarray(SHARE),)
    )
    yield Case("jax.scipy.special.expn", lambda a: s.expn(2, a), (x,))
    yield Case("jax.scipy.special.bessel_jn", lambda a: s.bessel_jn(a, v=3), (x,))


def numpy() -> Iterator[Case]:
    """Yield jax.numpy."""
    yield from sweep(jnp, "jax.numpy", skip=("vectorize", "apply_along_axis", "piecewise"))


def linalg() -> Iterator[Case]:
    """Yield linear algebra."""
    from jax.scipy import linalg as scipy_linalg

    yield from sweep(jnp.linalg, "jax.numpy.linalg")
    yield from sweep(scipy_linalg, "jax.scipy.linalg")
    square = jnp.asarray(SQUARE)
    yield Case("jax.numpy.linalg.pinv", jnp.linalg.pinv, (jnp.asarray(ROWS),))
    yield Case("jax.numpy.linalg.norm ord", lambda a: jnp.linalg.norm(a, 2), (square,))
    yield Case("jax.scipy.linalg.expm", scipy_linalg.expm, (square / 4,))


def experimental() -> Iterator[Case]:
    """Yield the differential-equation solver, whose rule is the adjoint equation."""
    from jax.experimental.ode import odeint

    def decay(y0, rate):
        return odeint(
            lambda y, t, k: -k * y, y0, jnp.array([0.0, 0.5, 1.0]), rate, rtol=1e-10, atol=1e-10
        )

    yield Case("jax.experimental.ode.odeint", decay, (jnp.asarray(POSITIVE), jnp.asarray(0.7)))


def _nothing():
    import contextlib

    return contextlib.nullcontext()
