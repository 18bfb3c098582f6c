"""Libraries of distributions and special functions."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp

from benchmarks.libraries.case import MIXED, POSITIVE, SHARE, SQUARE, Case, sweep

#: Rejection samplers carry the implicit derivative of the distribution, as they document; that of
#: the steps that led to a draw is something else (Figurnov, Mohamed and Mnih, 2018).
SAMPLERS = ("_von_mises_sample", "_von_mises_sample_no_gradient", "random_gamma")
SAMPLERS += (
    "_random_gamma_no_gradient",
    "_random_gamma_gradient",
    "_von_mises_sample_with_gradient",
    "_random_inverse_gaussian_gradient",
    "_two_piece_normal_sample_with_gradient",
)
#: Exact densities of distribution functions that their bodies approximate.
APPROXIMATED = ("_von_mises_cdf", "wrapped_fun")


def tensorflow_probability() -> Iterator[Case]:
    """Yield TFP on JAX: special functions, linear algebra, distributions, bijectors."""
    from tensorflow_probability.substrates import jax as tfp

    names = [name for name in dir(tfp.math) if "bessel" in name]  # minutes each: the last
    yield from (  # a share of one, not any number
        Case(
            f"tfp.math.{name}", getattr(tfp.math, name), (jnp.asarray(POSITIVE), jnp.asarray(SHARE))
        )
        for name in ("igammainv", "igammacinv")
    )
    skipped = (
        "igammainv",
        "igammacinv",
        "random_rademacher",
        "random_rayleigh",
        "minimize",
        "minimize_stateless",
    )
    yield from sweep(tfp.math, "tfp.math", skip=(*skipped, *names))
    yield from _distributions(tfp.distributions)
    z = jnp.asarray(MIXED)
    for name in ("Sigmoid", "Softplus", "Softsign", "NormalCDF", "GumbelCDF"):
        bijector = getattr(tfp.bijectors, name)()
        yield Case(f"tfp.bijectors.{name}", bijector.forward, (z,))
        inside = jnp.asarray(POSITIVE if name == "Softplus" else SHARE)
        yield Case(f"tfp.bijectors.{name} inverse", bijector.inverse, (inside,))
    square = jnp.asarray(SQUARE)
    yield Case("tfp.math.fill_triangular", tfp.math.fill_triangular, (square[0],))
    yield from sweep(tfp.math, "tfp.math", skip=[n for n in dir(tfp.math) if n not in names])
    yield Case("tfp.math.hypergeometric.hyp2f1_small_argument", _hyp2f1, (jnp.asarray(SHARE),))


def _hyp2f1(z):
    from tensorflow_probability.substrates import jax as tfp

    return tfp.math.hypergeometric.hyp2f1_small_argument(
        jnp.float64(0.4), jnp.float64(0.3), jnp.float64(1.2), z / 4
    )


def _distributions(tfd) -> Iterator[Case]:
    """Yield densities, distribution functions and samples of those with rules."""
    a, x, share, z = map(jnp.asarray, (POSITIVE, POSITIVE[::-1], SHARE, MIXED))
    key = jax.random.key(3)
    made = {
        "StudentT": (lambda a: tfd.StudentT(a + 1, 0.2, 1.3), a, z),
        "Gamma": (lambda a: tfd.Gamma(a, 1.3), a, x),
        "Beta": (lambda a: tfd.Beta(a, 1.3), a, share),
        "VonMises": (lambda a: tfd.VonMises(0.3, a), a, z),
        "InverseGaussian": (lambda a: tfd.InverseGaussian(a, 1.3), a, x),
        "TwoPieceNormal": (lambda a: tfd.TwoPieceNormal(0.1, 1.2, a), a, z),
        "NoncentralChi2": (lambda a: tfd.NoncentralChi2(3.0, a), a, x),
        "PowerSpherical": (lambda a: tfd.Normal(a, 1.3), a, x),
        "GeneralizedNormal": (lambda a: tfd.GeneralizedNormal(0.1, 1.2, a), a, z),
        "Kumaraswamy": (lambda a: tfd.Kumaraswamy(a, 1.3), a, share),
        "Dirichlet": (tfd.Dirichlet, a, share / share.sum()),
    }
    for name, (make, parameter, point) in made.items():
        for what in ("log_prob", "cdf", "quantile", "sample"):
            if what == "sample":
                yield Case(
                    f"tfd.{name}.sample",
                    lambda p, m=make: m(p).sample(seed=key),
                    (parameter,),
                    by_design=SAMPLERS,
                )
            else:
                at = share if what == "quantile" else point
                yield Case(
                    f"tfd.{name}.{what}",
                    lambda p, x, m=make, w=what: getattr(m(p), w)(x),
                    (parameter, at),
                    by_design=APPROXIMATED if (name, what) == ("VonMises", "cdf") else (),
                    wraps="tensorflow_probability von_mises_cdf" if name == "VonMises" else "",
                )


def distrax() -> Iterator[Case]:
    """Yield the two helpers of distrax with rules, and its von Mises distribution."""
    import distrax
    from distrax._src.utils import math

    share, x, z = map(jnp.asarray, (SHARE, POSITIVE, MIXED))
    for name in ("multiply_no_nan", "power_no_nan"):
        yield Case(f"distrax math.{name}", getattr(math, name), (x, share))
    yield Case(
        "distrax.VonMises.cdf",
        lambda k, x: distrax.VonMises(0.3, k).cdf(x),
        (x, z),
        by_design=APPROXIMATED,
    )
    yield Case(
        "distrax.VonMises.log_prob", lambda k, x: distrax.VonMises(0.3, k).log_prob(x), (x, z)
    )
    key = jax.random.key(2)
    yield Case(
        "distrax.VonMises.sample",
        lambda k: distrax.VonMises(0.3, k).sample(seed=key),
        (x,),
        by_design=SAMPLERS,
    )
    yield Case(
        "distrax.Multinomial.log_prob",
        lambda p: distrax.Multinomial(5, probs=p / p.sum()).log_prob(
            jnp.array([1.0, 2.0, 1.0, 1.0])
        ),
        (share,),
    )
