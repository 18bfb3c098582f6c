"""Proof-read custom derivative rules: the pairs one would hand to ``custom_vjp``'s ``defvjp``.

    python examples/check_a_custom_rule.py

Three rules: one is right; one forgets that the norm depends on x, too; one is right on paper, but
its slope is inf / inf at large x. After the check the right rule goes into ``jax.custom_vjp``.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from compare import check_rule


def rms_norm(x, scale):
    """Scale each row to a root mean square of 1, then by ``scale``."""
    r = jax.lax.rsqrt(jnp.mean(x**2, axis=1, keepdims=True))
    return x * r * scale[None, :]


def rms_norm_fwd(x, scale):
    """Return the value, and what the backward pass needs."""
    r = jax.lax.rsqrt(jnp.mean(x**2, axis=1, keepdims=True))
    return x * r * scale[None, :], (x, r, scale)


def rms_norm_bwd(saved, c):
    """Pull the cotangent c back: directly, and through the mean of x²."""
    x, r, scale = saved
    dn = c * scale[None, :]  # n = x r
    through_r = jnp.mean(dn * x, axis=1, keepdims=True)
    return dn * r - x * r**3 * through_r, jnp.sum(c * x * r, axis=0)


def forgetful_bwd(saved, c):
    """Treat r as a constant."""
    x, r, scale = saved
    return c * scale[None, :] * r, jnp.sum(c * x * r, axis=0)


def softplus(x):
    """Return log(1 + e^x) without overflow."""
    return jnp.maximum(x, 0) + jnp.log1p(jnp.exp(-jnp.abs(x)))


def softplus_fwd(x):
    """Return the value, and x."""
    return softplus(x), x


def softplus_bwd(x, c):
    """Multiply by the slope e^x / (1 + e^x), which float32 cannot hold from x = 89 on."""
    return (c * jnp.exp(x) / (1 + jnp.exp(x)),)


def main(argv: Sequence[str] | None = None) -> int:
    """Print three reports; return 0 if each says what it should."""
    x = jax.random.normal(jax.random.key(0), (6, 5))
    scale = jax.random.normal(jax.random.key(1), (5,))
    reports = {
        "right": check_rule(rms_norm, rms_norm_fwd, rms_norm_bwd, x, scale),
        "wrong": check_rule(rms_norm, rms_norm_fwd, forgetful_bwd, x, scale),
        "right on paper": check_rule(
            softplus, softplus_fwd, softplus_bwd, jnp.array([-3.0, 0.5, 90.0])
        ),
    }
    for name, report in reports.items():
        print(f"--- {name}\n\n{report}\n")
    verdicts = [report.first_wrong and report.first_wrong.verdict for report in reports.values()]

    proven = jax.custom_vjp(rms_norm)
    proven.defvjp(rms_norm_fwd, rms_norm_bwd)
    slope = jax.grad(lambda x: jnp.sum(jnp.sin(proven(x, scale))))(x)
    print(f"--- in use: jax.grad through the proven rule gives {slope.shape}")
    return 0 if verdicts == [None, "wrong", "imprecise"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
