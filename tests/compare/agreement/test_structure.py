"""What a derivation returns: trees, shapes and dtypes that fit; clear words when they do not."""

import jax.numpy as jnp
import numpy as np
import pytest

from compare import DerivationError, GradientStructureError, check_gradient
from tests.compare.agreement.problem import draw

PARAMS = {"a": draw(3, 2), "b": draw(4)}


def loss(p):
    return jnp.sum(p["a"] ** 2) + jnp.sum(p["b"])


def gradient(**changes):
    """Return the right gradient with some leaves changed."""

    def derive(p):
        right = {"a": 2 * p["a"], "b": jnp.ones_like(p["b"])}
        return {**right, **{name: change(p) for name, change in changes.items()}}

    return derive


#   derivation                                          message
UNFIT = {
    "a leaf is missing": (
        lambda p: {"a": 2 * p["a"]},
        (
            "the gradient of p['b'] is missing; return one array for each float array, in the same "
            "tree"
        ),
    ),
    "a leaf is None": (
        gradient(b=lambda p: None),
        "the gradient of p['b'] is None; return one array for each float array, in the same tree",
    ),
    "a leaf too many": (
        gradient(c=lambda p: p["a"]),
        (
            "the gradient has result['c'], which no argument is like; return one array for each "
            "float array, in the same tree"
        ),
    ),
    "another tree": (
        lambda p: [2 * p["a"], jnp.ones(4)],
        (
            "the gradient's tree differs from the arguments': got [*, *], wanted {'a': *, 'b': *}; "
            "return one array for each float array, in the same tree"
        ),
    ),
    "nothing": (
        lambda p: None,
        (
            "the derivation returned None: it ends without a return; return one array for each "
            "float array, in the same tree"
        ),
    ),
    "a number for an array": (
        gradient(b=lambda p: 1.0),
        "the gradient of p['b'] is float; wanted an array",
    ),
    "transposed": (
        gradient(a=lambda p: 2 * p["a"].T),
        "the gradient of p['a'] has shape [2, 3], the argument [3, 2]; this is the transpose: .T",
    ),
    "not summed": (
        gradient(b=lambda p: jnp.ones((5, 4))),
        (
            "the gradient of p['b'] has shape [5, 4], the argument [4]; the argument was broadcast "
            "forwards, so its gradient is summed over what was added: .sum(axis=0)"
        ),
    ),
    "another shape": (
        gradient(b=lambda p: jnp.ones(3)),
        (
            "the gradient of p['b'] has shape [3], the argument [4]; return one number for each "
            "of the argument's"
        ),
    ),
    "narrower": (
        gradient(b=lambda p: jnp.ones(4, jnp.float16)),
        "the gradient of p['b'] is float16; wanted float32, as the argument is",
    ),
    "integers": (
        gradient(b=lambda p: jnp.ones(4, jnp.int32)),
        "the gradient of p['b'] is int32; wanted float32, as the argument is",
    ),
    "all unfit leaves at once": (
        gradient(a=lambda p: 2 * p["a"].T, b=lambda p: jnp.ones(3)),
        (
            "the gradient of p['a'] has shape [2, 3], the argument [3, 2]; "
            "this is the transpose: .T\n"
            "the gradient of p['b'] has shape [3], the argument [4]; return one number for each "
            "of the argument's"
        ),
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_unfit(name):
    derivation, message = UNFIT[name]
    with pytest.raises(GradientStructureError) as found:
        check_gradient(loss, derivation, PARAMS)
    assert str(found.value).split("\n  ")[0] == message  # where it is, and an edit, come after


def test_arrays_of_numpy_do():
    report = check_gradient(loss, gradient(b=lambda p: np.ones(4, np.float32)), PARAMS, vary=False)
    assert report.agrees


#   derivation                                             how the message goes on after the line
BROKEN = {
    "branches on a value": (
        lambda p: p if p["b"][0] > 0 else {"a": p["a"], "b": -p["b"]},
        "it branches on a value; write jnp.where, or jax.lax.cond",
    ),
    "hands a value to NumPy": (
        lambda p: {"a": 2 * np.asarray(p["a"]), "b": jnp.ones(4)},
        "it hands a traced array to NumPy; use jax.numpy, and x.at[i].set(...) to change",
    ),
    "raises": (lambda p: {"a": p["c"], "b": p["b"]}, "'c'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_derivation_that_does_not_run(name):
    derivation, rest = BROKEN[name]
    with pytest.raises(DerivationError) as found:
        check_gradient(loss, derivation, PARAMS)
    first, _, after = str(found.value).partition(": " + rest)
    assert after or first != str(found.value)
    assert "test_structure.py:" in first
    assert first.startswith("the derivation ")


#   loss                                      message
NO_LOSS = {
    "an array": (lambda w: w**2, "the loss returns shape [3]; a loss returns one scalar: take the"),
    "an integer": (lambda w: jnp.sum(w > 0), "the loss returns int32; a loss returns one real"),
    "two values": (lambda w: (jnp.sum(w), 0.0), "the loss returns a tree of 2 values; a loss"),
    "nothing": (lambda w: None, "the loss returns a tree of 0 values; a loss returns one scalar"),
}


@pytest.mark.parametrize("name", NO_LOSS)
def test_no_loss(name):
    function, message = NO_LOSS[name]
    with pytest.raises(TypeError) as found:
        check_gradient(function, lambda w: w, draw(3))
    assert str(found.value).startswith(message)


def test_a_loss_that_raises_is_told_with_its_line():
    def broken(w):
        return jnp.sum(w @ jnp.ones((4, 4)))

    with pytest.raises(
        DerivationError, match=r"^the loss raised TypeError at .*test_structure.py:"
    ):
        check_gradient(broken, lambda w: w, draw(3))
