"""Case 1 and Case 2 as the lecture prints their lines, and as one formula for autodiff.

Source: 10-601B Lecture 15, "Case 1: Logistic Regression" and "Case 2: Neural Network".
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from compare.gallery.case_modules import Values


def printed_1(given: Values) -> Values:
    """Return the lines of Case 1 as they are printed."""
    theta, x, t = given["theta"], given["x"], given["t"]
    a = theta @ x
    y = 1 / (1 + jnp.exp(-a))
    dy = t / y + (1 - t) / (y - 1)
    da = dy * jnp.exp(-a) / (jnp.exp(-a) + 1) ** 2
    return {"y": dy, "a": da, "theta": da * x, "x": da * theta}


def printed_2(given: Values) -> Values:
    """Return the lines of Case 2 as they are printed; dJ/dx_i with the sum over j that it needs."""
    alpha, beta, x, t = (given[name] for name in ("alpha", "beta", "x", "t"))
    a = alpha @ x
    z = 1 / (1 + jnp.exp(-a))
    b = beta @ z
    y = 1 / (1 + jnp.exp(-b))
    dy = t / y + (1 - t) / (y - 1)
    db = dy * jnp.exp(-b) / (jnp.exp(-b) + 1) ** 2
    dz = db * beta
    da = dz * jnp.exp(-a) / (jnp.exp(-a) + 1) ** 2
    outer = {"y": dy, "b": db, "beta": db * z, "z": dz, "a": da}
    return outer | {"alpha": jnp.outer(da, x), "x": da @ alpha}


def whole_1(given: Values) -> Array:
    """Return J of Case 1 in one formula."""
    y = jax.nn.sigmoid(given["theta"] @ given["x"])
    return given["t"] * jnp.log(y) + (1 - given["t"]) * jnp.log(1 - y)


def whole_2(given: Values) -> Array:
    """Return J of Case 2 in one formula."""
    return whole_1(
        {**given, "theta": given["beta"], "x": jax.nn.sigmoid(given["alpha"] @ given["x"])}
    )
