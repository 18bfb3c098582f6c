"""Cotangents of intermediates: single ones, those of a loop, and names that the loss has not."""

import jax
import jax.numpy as jnp
import pytest
from jax.ad_checkpoint import checkpoint_name

from compare import GradientStructureError
from tests.compare.agreement.problem import Problem, draw, verdicts

ROWS = draw(7, 3)


def recurrence(backwards, fault=1.0) -> Problem:
    def loss(w):
        def step(h, row):
            return jnp.tanh(checkpoint_name(w * h + row, "z")), None

        return jnp.sum(jax.lax.scan(step, jnp.zeros_like(w), ROWS, reverse=backwards)[0] ** 2)

    def gradient(w):
        def step(h, row):
            new = jnp.tanh(w * h + row)
            return new, (h, new)

        last, kept = jax.lax.scan(step, jnp.zeros_like(w), ROWS, reverse=backwards)

        def back(carry, pair):
            dh, dw = carry
            h, new = pair
            dz = dh * (1 - new * new)
            return (dz * w, dw + dz * h), fault * dz

        start = 2 * last, jnp.zeros_like(w)
        (_, dw), dz = jax.lax.scan(back, start, kept, reverse=not backwards)
        return dw, {"z": dz}

    return Problem(loss, gradient, (draw(3),))


@pytest.mark.parametrize("backwards", [False, True])
def test_named_inside_a_loop(backwards):
    report = recurrence(backwards).ask()
    assert verdicts(report) == {"z": "agrees", "w": "agrees"}
    assert report.nodes[0].shape == (7, 3)


def test_wrong_inside_a_loop():
    assert verdicts(recurrence(False, fault=1.0001).ask()) == {"z": "wrong", "w": "agrees"}


def layers(named) -> Problem:
    """One name for the values of several layers."""

    def loss(ws):
        h = ROWS
        for w in ws:
            h = jnp.tanh(checkpoint_name(h @ w, "z"))
        return jnp.sum(h)

    def gradient(ws):
        hs = [ROWS]
        for w in ws:
            hs.append(jnp.tanh(hs[-1] @ w))
        dh, dws, dzs = jnp.ones_like(hs[-1]), [], []
        for k in reversed(range(len(ws))):
            dz = dh * (1 - hs[k + 1] ** 2)
            dws.append(hs[k].T @ dz)
            dzs.append(dz)
            dh = dz @ ws[k].T
        return dws[::-1], {"z": named(dzs[::-1])}

    return Problem(loss, gradient, ([draw(3, 3, seed=k) for k in range(3)],))


@pytest.mark.parametrize("named", [jnp.stack, lambda dzs: dzs[-1]], ids=["all", "the last"])
def test_one_name_for_several_values(named):
    report = layers(named).ask()
    assert report.agrees, str(report)
    assert verdicts(report)["z"] == "agrees"


def test_a_shape_that_no_named_value_has():
    with pytest.raises(GradientStructureError) as found:
        layers(lambda dzs: dzs[0].T).ask()
    assert str(found.value).startswith(
        "the cotangent of z has shape [3, 7], the value that the loss names so [7, 3], 3 times; "
        "return one number for each of the value's\n  returned by "
    )


def square(named) -> Problem:
    def loss(w):
        return jnp.sum(checkpoint_name(w**2, "sq"))

    return Problem(loss, lambda w: (2 * w, named), (draw(3),))


def test_a_name_that_the_loss_has_not():
    report = square({"sq": jnp.ones(3), "other": jnp.ones(2)}).ask()
    assert report.agrees
    assert verdicts(report) == {"sq": "agrees", "w": "agrees"}
    assert report.notes == ("other: not compared, the loss names no such value; it names sq",)


def test_value_gradient_and_cotangents():
    right = square({"sq": jnp.ones(3)})

    def gradient(w):
        return jnp.sum(w**2), *right.gradient(w)

    report = right._replace(gradient=gradient).ask()
    assert verdicts(report) == {"loss": "agrees", "sq": "agrees", "w": "agrees"}


def test_inside_jit_and_remat():
    @jax.jit
    def loss(w):
        return jax.checkpoint(lambda v: jnp.sum(jnp.sin(checkpoint_name(v**2, "sq"))))(w)

    report = Problem(
        loss, lambda w: (2 * w * jnp.cos(w**2), {"sq": jnp.cos(w**2)}), (draw(3),)
    ).ask()
    assert verdicts(report) == {"sq": "agrees", "w": "agrees"}
