"""Rules for custom_vjp: forward pass, backward pass, and what may be among the arguments."""

import jax
import jax.numpy as jnp
import pytest

from compare import DerivationError, GradientStructureError, check_rule
from compare.agreement.manners import want_a_pair
from tests.compare.agreement.problem import draw, verdicts


def wave(x, y):
    return jnp.sin(x) * y


def forward(x, y):
    return wave(x, y), (x, y)


def backward(kept, g):
    x, y = kept
    return g * jnp.cos(x) * y, g * jnp.sin(x)


def ask(*rule, **options):
    return check_rule(*rule, vary=False, explain=False, **options)


X, Y = draw(3), draw(3, seed=1)

#   rule                                                                    wrong nodes
WAVES = {
    "right": ((wave, forward, backward), ""),
    "negated": ((wave, forward, lambda k, g: (backward(k, g)[0], -backward(k, g)[1])), "y"),
    "ignores the cotangent": (
        (wave, forward, lambda k, g: backward(k, jnp.ones_like(g))),
        "y x",  # worst first
    ),
    "another value": (
        (wave, lambda x, y: (2 * wave(x, y), (x, y)), backward),
        "loss",
    ),
    "by autodiff of the function": (
        (wave, forward, lambda k, g: jax.vjp(wave, *k)[1](g)),
        "",
    ),
    "a list": ((wave, forward, lambda k, g: list(backward(k, g))), ""),
}


@pytest.mark.parametrize("name", WAVES)
def test_wave(name):
    rule, wrong = WAVES[name]
    report = ask(*rule, X, Y)
    assert [node.name for node in report.wrong] == wrong.split()
    assert report.name == "wave"


#   function, forward, backward, arguments, options
RIGHT = {
    "a string by number": (
        lambda mode, x: x**2,
        lambda mode, x: (x**2, x),
        lambda mode, x, g: (2 * x * g,),
        ("square", X),
        {"nondiff_argnums": (0,)},
    ),
    "a string among the arguments": (
        lambda mode, x: x**2,
        lambda mode, x: (x**2, x),
        lambda x, g: (None, 2 * x * g),
        ("square", X),
        {},
    ),
    "indices": (
        lambda x, i: x[i],
        lambda x, i: (x[i], (x, i)),
        lambda kept, g: (jnp.zeros_like(kept[0]).at[kept[1]].add(g), None),
        (draw(3, 2), jnp.asarray([0, 2, 2])),
        {},
    ),
    "a tree of results": (
        lambda x: {"square": x**2, "count": jnp.arange(3)},
        lambda x: ({"square": x**2, "count": jnp.arange(3)}, x),
        lambda x, g: (2 * x * g["square"],),
        (X,),
        {},
    ),
    "a broadcast": (
        lambda x, y: x[None] * y,
        lambda x, y: (x[None] * y, (x, y)),
        lambda kept, g: ((g * kept[1]).sum(axis=0), g * kept[0][None]),
        (X, draw(4, 3)),
        {},
    ),
    "a kink": (
        lambda x: jnp.maximum(x, 0),
        lambda x: (jnp.maximum(x, 0), x),
        lambda x, g: (jnp.where(x >= 0, g, 0.0),),
        (jnp.asarray([0.0, 1.0, -1.0]),),
        {},
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name):
    *rule, args, options = RIGHT[name]
    report = ask(*rule, *args, **options)
    assert report.agrees, str(report)


def test_a_kink_is_called_so():
    *rule, args, _ = RIGHT["a kink"]
    assert verdicts(ask(*rule, *args)) == {"loss": "agrees", "x": "kink"}


#   backward                                        message
UNFIT = {
    "too few": (
        lambda k, g: (g,),
        (
            "bwd returned 1 cotangents for 2 arguments; return a tuple with one an argument, None "
            "where there is none"
        ),
    ),
    "a shape": (
        lambda k, g: (g[None], g),
        (
            "the gradient of x has shape [1, 3], the argument [3]; the argument was broadcast "
            "forwards, so its gradient is summed over what was added: .sum(axis=0)"
        ),
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_unfit(name):
    back, message = UNFIT[name]
    with pytest.raises(GradientStructureError) as found:
        ask(wave, forward, back, X, Y)
    assert str(found.value).split("\n  ")[0] == message


def test_no_float_at_all():
    with pytest.raises(TypeError, match=r"^no argument of the rule is a float array; there is"):
        ask(lambda i: i, lambda i: (i, None), lambda _, g: (g,), jnp.arange(3))


def test_a_function_with_its_rule_is_sent_to_the_audit():
    with pytest.raises(DerivationError, match=r"fwd is of type .*audit\(fun, \*args\)"):
        want_a_pair(fwd=jnp.ones(3), bwd=jnp.ones(3))
